/* The C ABI from plain C:  keraunos_c_tests FOLDER_OF_GOLDEN_CASES */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keraunos/c.h"

#define EXPECT(condition)                                                       \
  do {                                                                          \
    if (!(condition)) {                                                         \
      fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
      fprintf(stderr, "last error: %s\n", keraunos_last_error());               \
      exit(1);                                                                  \
    }                                                                           \
  } while (0)

static char model_path[4096];

static void expect_error(keraunos_status status, keraunos_status wanted, const char* words) {
  EXPECT(status == wanted);
  if (strstr(keraunos_last_error(), words) == NULL) {
    fprintf(stderr, "wanted \"%s\" in \"%s\"\n", words, keraunos_last_error());
    exit(1);
  }
}

static keraunos_model* load_model(void) {
  keraunos_model* model = NULL;
  EXPECT(keraunos_model_load(model_path, &model) == KERAUNOS_OK);
  return model;
}

static keraunos_session* make_session(void) {
  keraunos_model* model = load_model();
  keraunos_options* options = keraunos_options_create();
  keraunos_options_set_device(options, KERAUNOS_CPU);
  keraunos_options_set_threads(options, 1);
  keraunos_options_set_precision(options, KERAUNOS_PRECISION_FLOAT32);
  keraunos_options_set_plan_cache(options, 4, 1 << 20);
  keraunos_options_set_max_activation_bytes(options, 1 << 20);
  keraunos_session* session = NULL;
  EXPECT(keraunos_session_create(model, options, &session) == KERAUNOS_OK);
  keraunos_options_free(options);
  keraunos_model_free(model); /* the session keeps what it needs */
  return session;
}

static void a_model_describes_its_inputs_and_outputs(void) {
  keraunos_model* model = load_model();
  EXPECT(strlen(keraunos_model_name(model)) > 0);
  EXPECT(keraunos_model_input_count(model) == 1);
  EXPECT(keraunos_model_output_count(model) == 1);

  keraunos_tensor_info info;
  EXPECT(keraunos_model_input(model, 0, &info) == KERAUNOS_OK);
  EXPECT(info.dtype == KERAUNOS_FLOAT32 && info.rank == 4);
  EXPECT(info.axes[0].size == -1 && strcmp(info.axes[0].formula, "batch") == 0);
  EXPECT(info.axes[1].size == 12 && strcmp(info.axes[1].formula, "12") == 0);
  EXPECT(keraunos_model_output(model, 0, &info) == KERAUNOS_OK);
  EXPECT(info.rank == 2 && info.axes[1].size == 10);

  expect_error(keraunos_model_input(model, 1, &info), KERAUNOS_INVALID_ARGUMENT,
               "input 1 was asked for, there are 1");
  keraunos_model_free(model);
}

static void both_ways_to_run_agree(void) {
  enum { batch = 2, pixels = 144, classes = 10 };
  float image[batch * pixels];
  for (int i = 0; i < batch * pixels; ++i) image[i] = sinf((float)i);
  const int64_t image_dims[] = {batch, 12, 12, 1};
  const keraunos_tensor input = {image, image_dims, 4, KERAUNOS_FLOAT32};
  keraunos_session* session = make_session();

  int64_t dims[2];
  EXPECT(keraunos_session_output_dims(session, &input, 1, 0, dims, 2) == KERAUNOS_OK);
  EXPECT(dims[0] == batch && dims[1] == classes);

  keraunos_result* result = NULL;
  EXPECT(keraunos_session_run(session, &input, 1, &result) == KERAUNOS_OK);
  EXPECT(keraunos_result_count(result) == 1);
  keraunos_tensor output;
  EXPECT(keraunos_result_tensor(result, 0, &output) == KERAUNOS_OK);
  EXPECT(output.rank == 2 && output.dims[0] == batch && output.dims[1] == classes);
  EXPECT(output.dtype == KERAUNOS_FLOAT32);

  float mine[batch * classes];
  const keraunos_tensor target = {mine, dims, 2, KERAUNOS_FLOAT32};
  EXPECT(keraunos_session_run_into(session, &input, 1, &target, 1) == KERAUNOS_OK);
  EXPECT(memcmp(mine, output.data, sizeof mine) == 0);
  float sum = 0;
  for (int i = 0; i < classes; ++i) sum += mine[i];
  EXPECT(fabsf(sum - 1) < 1e-5F); /* softmax */

  expect_error(keraunos_result_tensor(result, 1, &output), KERAUNOS_INVALID_ARGUMENT,
               "output 1 was asked for, there are 1");
  keraunos_session_free(session);
  keraunos_result_free(result); /* after its session */
}

static void mistakes_give_codes_and_texts(void) {
  keraunos_model* model = NULL;
  expect_error(keraunos_model_load("/nowhere.keras", &model), KERAUNOS_FILE_NOT_READABLE,
               "/nowhere.keras");
  EXPECT(model == NULL);
  expect_error(keraunos_model_load(NULL, &model), KERAUNOS_INVALID_ARGUMENT, "path is NULL");

  keraunos_session* session = make_session();
  const int64_t dims[] = {1, 12, 12, 3};
  static float image[12 * 12 * 3];
  keraunos_tensor input = {image, dims, 4, KERAUNOS_FLOAT32};
  keraunos_result* result = NULL;
  expect_error(keraunos_session_run(session, &input, 1, &result), KERAUNOS_SHAPE_MISMATCH, "3");
  expect_error(keraunos_session_run(session, &input, 0, &result), KERAUNOS_INVALID_ARGUMENT, "0");
  expect_error(keraunos_session_run(session, NULL, 1, &result), KERAUNOS_INVALID_ARGUMENT,
               "inputs is NULL");
  input.dtype = (keraunos_dtype)77;
  expect_error(keraunos_session_run(session, &input, 1, &result), KERAUNOS_INVALID_ARGUMENT,
               "77 is not a keraunos_dtype");
  EXPECT(result == NULL);
  keraunos_session_free(session);
}

static void options_are_checked_when_they_are_used(void) {
  keraunos_model* model = load_model();
  keraunos_options* options = keraunos_options_create();
  keraunos_session* session = NULL;
  keraunos_options_set_device(options, (keraunos_device)9);
  expect_error(keraunos_session_create(model, options, &session), KERAUNOS_INVALID_ARGUMENT,
               "9 is not a keraunos_device");
  keraunos_options_set_device(options, KERAUNOS_GPU);
  keraunos_options_set_gpu(options, 3);
  EXPECT(keraunos_options_set_cuda_library(options, "/nowhere/libkeraunos_cuda.so") == KERAUNOS_OK);
  expect_error(keraunos_session_create(model, options, &session), KERAUNOS_DEVICE_UNAVAILABLE,
               "/nowhere/libkeraunos_cuda.so");
  EXPECT(session == NULL);
  keraunos_options_free(options);
  keraunos_model_free(model);
}

static void freeing_null_does_nothing(void) {
  keraunos_model_free(NULL);
  keraunos_options_free(NULL);
  keraunos_session_free(NULL);
  keraunos_result_free(NULL);
}

static void the_default_session_tells_its_device(void) {
  keraunos_model* model = load_model();
  keraunos_session* session = NULL;
  EXPECT(keraunos_session_create(model, NULL, &session) == KERAUNOS_OK);
  const int on_cpu = strcmp(keraunos_session_device(session), "cpu") == 0;
  const int has_reason = keraunos_session_fallback_reason(session)[0] != '\0';
  EXPECT(on_cpu == has_reason);
  keraunos_session_free(session);
  keraunos_model_free(model);
}

static void weights_may_come_from_another_file(const char* folder) {
  char path[4096];
  char weights[4096];
  snprintf(path, sizeof path, "%s/json_shards.json", folder);
  snprintf(weights, sizeof weights, "%s/json_shards.weights.json", folder);
  keraunos_model* model = NULL;
  EXPECT(keraunos_model_load_with_weights(path, weights, &model) == KERAUNOS_OK);
  EXPECT(keraunos_model_input_count(model) == 1);
  keraunos_model_free(model);
  expect_error(keraunos_model_load(path, &model), KERAUNOS_MALFORMED_FILE, "no weights");
  expect_error(keraunos_model_load_with_weights(path, NULL, &model), KERAUNOS_INVALID_ARGUMENT,
               "weights is NULL");
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  snprintf(model_path, sizeof model_path, "%s/mnist_cnn.keras", argv[1]);
  EXPECT(strlen(keraunos_version()) >= strlen("0.1.0"));
  EXPECT(strcmp(keraunos_last_error(), "") == 0);

  a_model_describes_its_inputs_and_outputs();
  both_ways_to_run_agree();
  mistakes_give_codes_and_texts();
  options_are_checked_when_they_are_used();
  freeing_null_does_nothing();
  the_default_session_tells_its_device();
  weights_may_come_from_another_file(argv[1]);
  return 0;
}
