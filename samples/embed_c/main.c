/* Runs a Keras model from C, on one sample of zeros.
 *
 *   embed_c MODEL.keras [SIZE]
 *
 * SIZE is taken for every size that the model leaves open beside the batch. */

#include <stdio.h>
#include <stdlib.h>

#include "keraunos/c.h"

enum { max_rank = 8, default_size = 28 };

static void check(keraunos_status status) {
  if (status == KERAUNOS_OK) return;
  fprintf(stderr, "error: %s\n", keraunos_last_error());
  exit(1);
}

/* One float32 sample of zeros with the sizes that `info` wants. */
static keraunos_tensor make_input(const keraunos_tensor_info* info, int64_t open_size,
                                  int64_t* dims) {
  if (info->rank > max_rank) exit(1);
  size_t count = 1;
  for (size_t axis = 0; axis < info->rank; ++axis) {
    const int64_t size = info->axes[axis].size;
    dims[axis] = axis == 0 ? 1 : size >= 0 ? size : open_size;
    printf("%s%s", axis == 0 ? "input: " : ", ", info->axes[axis].formula);
    count *= (size_t)dims[axis];
  }
  printf("\n");
  const keraunos_tensor input = {calloc(count, sizeof(float)), dims, info->rank, KERAUNOS_FLOAT32};
  return input;
}

int main(int argc, char** argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: embed_c MODEL.keras [SIZE]\n");
    return 1;
  }
  keraunos_model* model = NULL;
  check(keraunos_model_load(argv[1], &model));
  keraunos_session* session = NULL;
  check(keraunos_session_create(model, /*options=*/NULL, &session));
  printf("%s on %s\n", keraunos_model_name(model), keraunos_session_device(session));

  keraunos_tensor_info info;
  check(keraunos_model_input(model, 0, &info));
  int64_t dims[max_rank];
  keraunos_tensor input = make_input(&info, argc > 2 ? atoll(argv[2]) : default_size, dims);

  keraunos_result* result = NULL;
  check(keraunos_session_run(session, &input, 1, &result));
  keraunos_tensor output;
  check(keraunos_result_tensor(result, 0, &output));
  printf("output:");
  for (int64_t i = 0; output.rank == 2 && i < output.dims[1]; ++i) {
    printf(" %.4f", ((const float*)output.data)[i]);
  }
  printf("\n");

  keraunos_result_free(result);
  free(input.data);
  keraunos_session_free(session);
  keraunos_model_free(model);
  return 0;
}
