// Views of the bytes that KitFiles.S embeds.
#include "lib/Compiler/Aot/Kit.h"

#define DLC_KIT_FILE(symbol)                                                                                           \
  extern "C" const char symbol##_begin[];                                                                              \
  extern "C" const char symbol##_end[];
DLC_KIT_FILE(dlc_kit_runtime)
DLC_KIT_FILE(dlc_kit_model_library)
DLC_KIT_FILE(dlc_kit_model_library_aarch64)
DLC_KIT_FILE(dlc_kit_shared_library)
DLC_KIT_FILE(dlc_kit_crt1)
DLC_KIT_FILE(dlc_kit_crti)
DLC_KIT_FILE(dlc_kit_crtn)
DLC_KIT_FILE(dlc_kit_libc)
DLC_KIT_FILE(dlc_kit_builtins)
DLC_KIT_FILE(dlc_kit_model_header)
DLC_KIT_FILE(dlc_kit_custom_call_header)

namespace dlc::aot {

llvm::StringRef kitFile(KitFile file) {
  auto view = [](const char *begin, const char *end) { return llvm::StringRef(begin, size_t(end - begin)); };
  switch (file) {
  case KitFile::Runtime:
    return view(dlc_kit_runtime_begin, dlc_kit_runtime_end);
  case KitFile::ModelLibrary:
    return view(dlc_kit_model_library_begin, dlc_kit_model_library_end);
  case KitFile::ModelLibraryAArch64:
    return view(dlc_kit_model_library_aarch64_begin, dlc_kit_model_library_aarch64_end);
  case KitFile::SharedLibrary:
    return view(dlc_kit_shared_library_begin, dlc_kit_shared_library_end);
  case KitFile::Crt1:
    return view(dlc_kit_crt1_begin, dlc_kit_crt1_end);
  case KitFile::Crti:
    return view(dlc_kit_crti_begin, dlc_kit_crti_end);
  case KitFile::Crtn:
    return view(dlc_kit_crtn_begin, dlc_kit_crtn_end);
  case KitFile::Libc:
    return view(dlc_kit_libc_begin, dlc_kit_libc_end);
  case KitFile::Builtins:
    return view(dlc_kit_builtins_begin, dlc_kit_builtins_end);
  case KitFile::ModelHeader:
    return view(dlc_kit_model_header_begin, dlc_kit_model_header_end);
  case KitFile::CustomCallHeader:
    return view(dlc_kit_custom_call_header_begin, dlc_kit_custom_call_header_end);
  }
  return {};
}

} // namespace dlc::aot
