// What libdlc-compiler exports: see lib/Capi/CompilerTable.h.
#ifndef DLC_ARRAY_TABLE_H
#define DLC_ARRAY_TABLE_H

#include "lib/Capi/CompilerTable.h"

namespace dlc {

/// The table of functions; null if it cannot serve `version`. `host` must outlive the library.
const CompilerTable *openCompiler(uint32_t version, const CompilerHost *host);

} // namespace dlc

#endif // DLC_ARRAY_TABLE_H
