#pragma once

// Everything outside this macro is hidden in libkeraunos.so.
#define KERAUNOS_API __attribute__((visibility("default")))
