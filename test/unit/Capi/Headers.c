/* The public headers compile as C. */
#include "dlc-c/dlc.h"
#include "dlc-c/trace.h"

/** Uses a type of each header. */
dlc_status_kind kindOfNothing(dlc_value_info *info) {
  info->rank = 0;
  return dlc_status_get_kind(0);
}
