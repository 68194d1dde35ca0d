#include "tests/support/random_nodes.hpp"

namespace keraunos::testing {
namespace {

Unary some_activation(Random& random) {
  return {random.one_of({UnaryFn::tanh, UnaryFn::sigmoid, UnaryFn::softsign, UnaryFn::identity}), 0,
          0, 0};
}

Tensor random_mask(Random& random, std::int64_t batch, std::int64_t steps) {
  Tensor result(DType::boolean, {batch, steps});
  for (std::uint8_t& step : result.as<std::uint8_t>()) step = random.coin() ? 1 : 0;
  return result;
}

std::int64_t gate_count(CellFn cell) {
  return cell == CellFn::simple ? 1 : cell == CellFn::lstm ? 4 : 3;
}

}  // namespace

Recurrent random_recurrent(Random& random) {
  Recurrent recurrent;
  recurrent.cell =
      random.one_of({CellFn::simple, CellFn::lstm, CellFn::gru, CellFn::gru_reset_after});
  recurrent.activation = random.coin() ? Unary{UnaryFn::tanh} : some_activation(random);
  recurrent.recurrent_activation =
      random.coin() ? Unary{UnaryFn::sigmoid} : some_activation(random);
  recurrent.masked = random.coin();
  recurrent.go_backwards = random.coin();
  recurrent.return_sequences = random.coin();
  recurrent.zero_output_for_mask = random.coin();
  return recurrent;
}

NodeCase recurrent_case(Random& random, const Recurrent& recurrent, const Dims& spatial,
                        std::int64_t units, std::int64_t batch) {
  const std::int64_t steps = random.size(1, 6);
  const std::int64_t columns = gate_count(recurrent.cell) * units;
  Dims gates = {batch, steps};
  Dims state = {batch};
  Dims kernel;
  for (std::size_t i = 0; i < spatial.size(); ++i) {
    gates.push_back(spatial[i]);
    state.push_back(spatial[i]);
    kernel.push_back(recurrent.windows[i].size);
  }
  gates.push_back(columns);
  state.push_back(units);
  kernel.insert(kernel.end(), {units, columns});

  // Weights that keep errors from growing from step to step.
  const float reach = 0.5F / static_cast<float>(element_count(kernel) / columns);
  NodeCase node = {recurrent, {}, {false, true}};
  node.inputs.push_back(random.tensor(gates));
  node.inputs.push_back(random.tensor(kernel, -reach, reach));
  if (recurrent.cell == CellFn::gru_reset_after) {
    node.inputs.push_back(random.tensor({columns}, -0.3F, 0.3F));
    node.constant.push_back(true);
  }
  for (std::size_t i = 0; i < recurrent.state_count(); ++i) {
    node.inputs.push_back(random.tensor(state));
    node.constant.push_back(random.coin());
  }
  if (recurrent.masked) {
    node.inputs.push_back(random_mask(random, batch, steps));
    node.constant.push_back(random.coin());
  }
  return node;
}

NodeCase random_recurrent_node(Random& random) {
  const std::int64_t units = random.coin() ? random.size(1, 9) : random.size(10, 70);
  return recurrent_case(random, random_recurrent(random), {}, units, random.size(1, 5));
}

NodeCase random_conv_recurrent(Random& random) {
  Recurrent recurrent = random_recurrent(random);
  Dims spatial;
  for (std::int64_t i = random.size(1, 3); i > 0; --i) {
    recurrent.windows.push_back({random.size(1, 4), 1, random.size(1, 2), Padding::same, 0, 0});
    spatial.push_back(random.size(1, 5));
  }
  return recurrent_case(random, recurrent, spatial, random.size(1, 20), random.size(1, 5));
}

NodeCase random_batch_matmul(Random& random) {
  const BatchMatMul product = {random.coin(), random.coin()};
  const std::int64_t rows = random.size(1, 40);
  const std::int64_t depth = random.size(1, 70);
  const std::int64_t columns = random.size(1, 70);
  Dims batch(static_cast<std::size_t>(random.size(0, 3)));
  for (std::int64_t& size : batch) size = random.size(1, 4);
  const auto operand = [&](std::int64_t first, std::int64_t second, bool transposed) {
    Dims dims = batch;
    for (std::int64_t& size : dims) size = random.size(0, 3) == 0 ? 1 : size;
    dims.erase(dims.begin(), dims.begin() + random.size(0, static_cast<std::int64_t>(dims.size())));
    if (transposed) std::swap(first, second);
    dims.insert(dims.end(), {first, second});
    return random.tensor(dims, -0.3F, 0.3F);
  };
  NodeCase node = {product, {}, {random.size(0, 3) == 0, random.size(0, 3) == 0}};
  node.inputs.push_back(operand(rows, depth, product.transpose_a));
  node.inputs.push_back(operand(depth, columns, product.transpose_b));
  return node;
}

NodeCase random_conv_transpose(Random& random) {
  ConvTranspose op;
  const std::int64_t rank = random.size(1, 3);
  const auto channels = [&] { return random.coin() ? random.size(1, 5) : random.size(6, 40); };
  const std::int64_t in = channels();
  const std::int64_t out = channels();
  Dims input = {random.size(1, 3)};
  Dims kernel;
  for (std::int64_t i = 0; i < rank; ++i) {
    input.push_back(random.size(1, rank == 3 ? 4 : 9));
    Window window;
    window.size = random.size(1, rank == 3 ? 3 : 5);
    window.stride = random.size(1, 3);
    window.dilation = random.size(1, 2);
    window.pad_before = random.size(0, (window.extent() - 1) / 2);
    window.pad_after = random.size(-2, (window.extent() - 1) / 2);
    kernel.push_back(window.size);
    op.windows.push_back(window);
  }
  input.push_back(in);
  kernel.insert(kernel.end(), {out, in});
  op.activation = random.coin() ? relu() : some_activation(random);
  NodeCase node = {op, {}, {false, true, true}};
  node.inputs.push_back(random.tensor(input));
  node.inputs.push_back(random.tensor(kernel, -0.3F, 0.3F));
  if (random.coin()) node.inputs.push_back(random.tensor({out}));
  return node;
}

NodeCase random_norm(Random& random) {
  Dims dims(static_cast<std::size_t>(random.size(1, 4)));
  for (std::int64_t& size : dims) size = random.size(2, random.coin() ? 5 : 40);
  Norm norm;
  norm.fn = random.one_of({NormFn::standard, NormFn::rms, NormFn::deviation, NormFn::l2});
  norm.epsilon = random.one_of({1e-3F, 1e-5F});
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    if (random.coin()) norm.axes.push_back(axis);
  }
  if (norm.axes.empty()) norm.axes.push_back(dims.size() - 1);
  NodeCase node = {norm, {}, {}};
  const float centre = random.one_of({0.0F, 0.5F, 10.0F});
  node.inputs.push_back(random.tensor(dims, centre - 1, centre + 1));
  return node;
}

NodeCase random_adaptive_pool(Random& random) {
  AdaptivePool pool;
  pool.fn = random.one_of({PoolFn::max, PoolFn::average});
  Dims input = {random.size(1, 3)};
  for (std::int64_t i = random.size(1, 3); i > 0; --i) {
    input.push_back(random.size(1, 9));
    pool.sizes.push_back(random.size(1, 9));
  }
  input.push_back(random.size(1, 40));
  NodeCase node = {pool, {}, {}};
  node.inputs.push_back(random.tensor(input));
  return node;
}

}  // namespace keraunos::testing
