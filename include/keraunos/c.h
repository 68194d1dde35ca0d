#ifndef KERAUNOS_C_H_
#define KERAUNOS_C_H_

/*
 * Keraunos for C, and for languages that call C.
 *
 * Conventions:
 *
 * - Objects are opaque pointers. Whoever creates one frees it, with the free function of its type;
 *   freeing NULL does nothing. The order does not matter: a session keeps its model alive, a result
 *   needs neither.
 * - A function that can fail returns keraunos_status and gives its result through a pointer, which
 *   it leaves untouched on failure. keraunos_last_error() then tells what went wrong.
 * - Strings are UTF-8 and end in zero. Strings and arrays that are returned belong to the object
 *   they were asked of and live as long as it.
 * - No pointer may be NULL unless its description allows it; one that is gives
 *   KERAUNOS_INVALID_ARGUMENT where the function can fail.
 * - Nothing is thrown across this interface.
 * - Models and sessions may be used from many threads at once. Options may not.
 * - The numbers of enumerators never change.
 */

#include <stddef.h>
#include <stdint.h>

#include "keraunos/export.hpp"

/* C lets an enum hold any int; this makes it so in C++ too. */
#ifdef __cplusplus
#define KERAUNOS_AS_INT : int
#else
#define KERAUNOS_AS_INT
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct keraunos_model keraunos_model;
typedef struct keraunos_options keraunos_options;
typedef struct keraunos_session keraunos_session;
typedef struct keraunos_result keraunos_result;

typedef enum keraunos_status KERAUNOS_AS_INT {
  KERAUNOS_OK = 0,
  KERAUNOS_INVALID_ARGUMENT = 1,   /* the arguments contradict themselves or the model */
  KERAUNOS_FILE_NOT_READABLE = 2,  /* the operating system refused to open or read the file */
  KERAUNOS_MALFORMED_FILE = 3,     /* the bytes are not what their format promises */
  KERAUNOS_UNSUPPORTED = 4,        /* understood, but not something this build can run */
  KERAUNOS_SHAPE_MISMATCH = 5,     /* a shape does not fit what a layer or its weights demand */
  KERAUNOS_DEVICE_UNAVAILABLE = 6, /* the device, its driver or its libraries are missing */
  KERAUNOS_OUT_OF_MEMORY = 7,      /* an allocation or a stated memory limit was exceeded */
  KERAUNOS_DEVICE_FAILURE = 8,     /* the device reported an error while running */
  KERAUNOS_INTERNAL = 9            /* a broken promise inside Keraunos: please report it */
} keraunos_status;

typedef enum keraunos_dtype KERAUNOS_AS_INT {
  KERAUNOS_FLOAT32 = 0,
  KERAUNOS_FLOAT16 = 1,
  KERAUNOS_BFLOAT16 = 2, /* the upper half of a float32 */
  KERAUNOS_FLOAT64 = 3,
  KERAUNOS_INT8 = 4,
  KERAUNOS_UINT8 = 5,
  KERAUNOS_INT16 = 6,
  KERAUNOS_UINT16 = 7,
  KERAUNOS_INT32 = 8,
  KERAUNOS_UINT32 = 9,
  KERAUNOS_INT64 = 10,
  KERAUNOS_UINT64 = 11,
  KERAUNOS_BOOL = 12,  /* one byte, 0 or 1 */
  KERAUNOS_STRING = 13 /* elements are keraunos_string */
} keraunos_dtype;

typedef enum keraunos_device KERAUNOS_AS_INT {
  KERAUNOS_CPU = 0,
  KERAUNOS_GPU = 1,      /* an error that lists every reason where there is none */
  KERAUNOS_AUTOMATIC = 2 /* the GPU, or else the CPU: see keraunos_session_fallback_reason */
} keraunos_device;

typedef enum keraunos_precision KERAUNOS_AS_INT {
  KERAUNOS_PRECISION_TF32 = 0,    /* tensor cores with 10 bits of mantissa, as Keras on a GPU */
  KERAUNOS_PRECISION_FLOAT32 = 1, /* strict */
  KERAUNOS_PRECISION_FLOAT16 = 2, /* activations in 16 bits, sums in float32 */
  KERAUNOS_PRECISION_BFLOAT16 = 3 /* the same with the range of float32 */
} keraunos_precision;

/* An element of a string tensor: bytes, as a rule UTF-8, not ended by zero. Those of an output live
 * as long as the result, or, in memory of the caller, as the model and the inputs. */
typedef struct keraunos_string {
  const char* data; /* may be NULL where size is 0 */
  size_t size;
} keraunos_string;

/* Dense row-major elements of the caller, or of a result. Inputs are only read. */
typedef struct keraunos_tensor {
  void* data;
  const int64_t* dims; /* outermost axis first; may be NULL where rank is 0 */
  size_t rank;
  keraunos_dtype dtype;
} keraunos_tensor;

/* One axis of a model's input or output. */
typedef struct keraunos_axis {
  int64_t size;        /* -1 where Keras has None */
  const char* formula; /* "28", "batch", "(image.height-2)//2" */
} keraunos_axis;

/* An input or output of a model. */
typedef struct keraunos_tensor_info {
  const char* name;
  const keraunos_axis* axes;
  size_t rank;
  keraunos_dtype dtype;
} keraunos_tensor_info;

/* "0.1.0" */
KERAUNOS_API const char* keraunos_version(void);

/* What the last function of this thread that failed had to say; "" if none did. It lives until the
 * next failure in this thread. */
KERAUNOS_API const char* keraunos_last_error(void);

/* Models */

/* Opens a .keras file, the folder of an unpacked one, a whole model in HDF5 (.h5), or a model's
 * JSON. The files stay mapped while the model or a session of it lives. */
KERAUNOS_API keraunos_status keraunos_model_load(const char* path, keraunos_model** model);
/* The same with the weights of another file, which a model's JSON needs: .weights.h5, the
 * .weights.json of weights in several files, or an .h5 of weights only. */
KERAUNOS_API keraunos_status keraunos_model_load_with_weights(const char* path, const char* weights,
                                                              keraunos_model** model);
KERAUNOS_API void keraunos_model_free(keraunos_model* model);

KERAUNOS_API const char* keraunos_model_name(const keraunos_model* model);
KERAUNOS_API size_t keraunos_model_input_count(const keraunos_model* model);
KERAUNOS_API size_t keraunos_model_output_count(const keraunos_model* model);
KERAUNOS_API keraunos_status keraunos_model_input(const keraunos_model* model, size_t index,
                                                  keraunos_tensor_info* info);
KERAUNOS_API keraunos_status keraunos_model_output(const keraunos_model* model, size_t index,
                                                   keraunos_tensor_info* info);

/* Options of a session. New ones hold the defaults: automatic device, one thread, TF32. */

/* NULL where there is no memory for it. */
KERAUNOS_API keraunos_options* keraunos_options_create(void);
KERAUNOS_API void keraunos_options_free(keraunos_options* options);

KERAUNOS_API void keraunos_options_set_device(keraunos_options* options, keraunos_device device);
/* Which of the GPUs that CUDA shows, counted from 0. */
KERAUNOS_API void keraunos_options_set_gpu(keraunos_options* options, int gpu);
/* CPU threads of one run; 0 means all cores. */
KERAUNOS_API void keraunos_options_set_threads(keraunos_options* options, int threads);
KERAUNOS_API void keraunos_options_set_precision(keraunos_options* options,
                                                 keraunos_precision precision);
/* The plan cache: at most this many combinations of input sizes, and this many bytes. */
KERAUNOS_API void keraunos_options_set_plan_cache(keraunos_options* options, size_t max_plans,
                                                  size_t max_bytes);
/* A run whose activations need more is refused. */
KERAUNOS_API void keraunos_options_set_max_activation_bytes(keraunos_options* options,
                                                            size_t max_bytes);
/* An absolute path to libkeraunos_cuda.so, which is otherwise looked for beside libkeraunos. */
KERAUNOS_API keraunos_status keraunos_options_set_cuda_library(keraunos_options* options,
                                                               const char* path);

/* Sessions */

/* `options` may be NULL for the defaults and may be freed afterwards. */
KERAUNOS_API keraunos_status keraunos_session_create(const keraunos_model* model,
                                                     const keraunos_options* options,
                                                     keraunos_session** session);
KERAUNOS_API void keraunos_session_free(keraunos_session* session);

/* "cpu", "gpu:0" */
KERAUNOS_API const char* keraunos_session_device(const keraunos_session* session);
/* Why KERAUNOS_AUTOMATIC did not find a GPU; "" otherwise. */
KERAUNOS_API const char* keraunos_session_fallback_reason(const keraunos_session* session);

/* The sizes of one output for inputs of these sizes, without running: fills dims[0..rank). `data`
 * of the inputs may be NULL. `rank` must be that of the output. */
KERAUNOS_API keraunos_status keraunos_session_output_dims(keraunos_session* session,
                                                          const keraunos_tensor* inputs,
                                                          size_t input_count, size_t output,
                                                          int64_t* dims, size_t rank);

/* Runs the model on a batch. Inputs and outputs come in the model's order. */
KERAUNOS_API keraunos_status keraunos_session_run(keraunos_session* session,
                                                  const keraunos_tensor* inputs, size_t input_count,
                                                  keraunos_result** result);

/* The same into memory of the caller: `outputs` must have exactly the model's dtypes and the sizes
 * that keraunos_session_output_dims tells. */
KERAUNOS_API keraunos_status keraunos_session_run_into(keraunos_session* session,
                                                       const keraunos_tensor* inputs,
                                                       size_t input_count,
                                                       const keraunos_tensor* outputs,
                                                       size_t output_count);

/* Results */

KERAUNOS_API void keraunos_result_free(keraunos_result* result);
KERAUNOS_API size_t keraunos_result_count(const keraunos_result* result);
/* The memory belongs to the result, but may be written to. */
KERAUNOS_API keraunos_status keraunos_result_tensor(keraunos_result* result, size_t index,
                                                    keraunos_tensor* tensor);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* KERAUNOS_C_H_ */
