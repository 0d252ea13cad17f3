// A function of the user's own between two kernels.
func.func @main(%x: tensor<?xf32, #dlc.dims<[N]>> {dlc.name = "x"}) -> (tensor<?xf32, #dlc.dims<[N]>> {dlc.name = "y"}) {
  %0 = dlc.exp %x : (tensor<?xf32, #dlc.dims<[N]>>) -> tensor<?xf32, #dlc.dims<[N]>>
  %1 = dlc.custom_call "halve"(%0) attributes "by=2" : (tensor<?xf32, #dlc.dims<[N]>>) -> tensor<?xf32, #dlc.dims<[N]>>
  %2 = dlc.neg %1 : (tensor<?xf32, #dlc.dims<[N]>>) -> tensor<?xf32, #dlc.dims<[N]>>
  return %2 : tensor<?xf32, #dlc.dims<[N]>>
}
