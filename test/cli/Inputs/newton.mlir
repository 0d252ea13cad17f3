// Square roots by Newton steps, as long as these are not tiny, at most %most of them; negative if that was too few.
func.func @main(%x: tensor<?xf32, #dlc.dims<[B]>> {dlc.name = "x"}, %most: tensor<i64> {dlc.name = "most"})
    -> (tensor<?xf32, #dlc.dims<[B]>> {dlc.name = "y"}, tensor<i64> {dlc.name = "steps"}) {
  %zero = dlc.constant dense<0> : tensor<i64>
  %one = dlc.constant dense<1> : tensor<i64>
  %tiny = dlc.constant dense<1.0e-6> : tensor<f32>
  %two = dlc.constant dense<2.0> : tensor<f32>
  %a = dlc.abs %x : (tensor<?xf32, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[B]>>
  %twos = dlc.broadcast %two {shape = #dlc.dims<[B]>, dims = array<i64>} : (tensor<f32>) -> tensor<?xf32, #dlc.dims<[B]>>
  %0:3 = scf.while (%y = %a, %n = %zero, %d = %two) : (tensor<?xf32, #dlc.dims<[B]>>, tensor<i64>, tensor<f32>)
      -> (tensor<?xf32, #dlc.dims<[B]>>, tensor<i64>, tensor<f32>) {
    %1 = dlc.compare %d, %tiny {predicate = #dlc.predicate<gt>} : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %2 = dlc.compare %n, %most {predicate = #dlc.predicate<lt>} : (tensor<i64>, tensor<i64>) -> tensor<i1>
    %3 = dlc.and %1, %2 : (tensor<i1>, tensor<i1>) -> tensor<i1>
    %4 = tensor.extract %3[] : tensor<i1>
    scf.condition(%4) %y, %n, %d : tensor<?xf32, #dlc.dims<[B]>>, tensor<i64>, tensor<f32>
  } do {
  ^bb0(%y: tensor<?xf32, #dlc.dims<[B]>>, %n: tensor<i64>, %d: tensor<f32>):
    %1 = dlc.div %a, %y : (tensor<?xf32, #dlc.dims<[B]>>, tensor<?xf32, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[B]>>
    %2 = dlc.add %y, %1 : (tensor<?xf32, #dlc.dims<[B]>>, tensor<?xf32, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[B]>>
    %3 = dlc.div %2, %twos : (tensor<?xf32, #dlc.dims<[B]>>, tensor<?xf32, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[B]>>
    %4 = dlc.sub %3, %y : (tensor<?xf32, #dlc.dims<[B]>>, tensor<?xf32, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[B]>>
    %5 = dlc.abs %4 : (tensor<?xf32, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[B]>>
    %6 = dlc.reduce %5 {kind = #dlc.reduce_kind<max>, dims = array<i64: 0>, order = #dlc.order<lanes>} : (tensor<?xf32, #dlc.dims<[B]>>) -> tensor<f32>
    %7 = dlc.add %n, %one : (tensor<i64>, tensor<i64>) -> tensor<i64>
    scf.yield %3, %7, %6 : tensor<?xf32, #dlc.dims<[B]>>, tensor<i64>, tensor<f32>
  }
  %5 = dlc.compare %0#1, %most {predicate = #dlc.predicate<lt>} : (tensor<i64>, tensor<i64>) -> tensor<i1>
  %6 = tensor.extract %5[] : tensor<i1>
  %7 = scf.if %6 -> tensor<?xf32, #dlc.dims<[B]>> {
    scf.yield %0#0 : tensor<?xf32, #dlc.dims<[B]>>
  } else {
    %8 = dlc.neg %0#0 : (tensor<?xf32, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[B]>>
    scf.yield %8 : tensor<?xf32, #dlc.dims<[B]>>
  }
  return %7, %0#1 : tensor<?xf32, #dlc.dims<[B]>>, tensor<i64>
}
