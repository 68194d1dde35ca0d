#include "runtime/keras/einsum.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "keraunos/error.hpp"
#include "runtime/exec/context.hpp"
#include "runtime/plan/plan.hpp"

// Equations lowered to ops and run on the CPU, against sums of products taken one by one.

namespace keraunos::keras {
namespace {

Tensor noise(const Dims& dims, unsigned seed) {
  Tensor tensor(DType::float32, dims);
  std::mt19937 random(seed);
  for (float& value : tensor.as<float>()) value = std::normal_distribution<float>()(random);
  return tensor;
}

// A graph of one einsum. Operands are inputs with a symbol for every size, so that sizes are known
// only when it runs, or weights.
class EinsumGraph {
 public:
  ValueId input(const std::string& name, const Dims& dims) {
    Shape shape;
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
      const std::string symbol = name + std::to_string(axis);
      shape.push_back(Dim::symbol(symbol));
      binding_[symbol] = dims[axis];
    }
    return graph_.add_input(name, {DType::float32, std::move(shape)});
  }

  ValueId weight(const Tensor& tensor) {
    return graph_.add_constant(make_constant("weight", tensor.clone()));
  }

  void emit(const std::string& equation, const std::vector<ValueId>& operands) {
    LayerCall call(environment_, {"sum", "Einsum", "", {}}, file::Json::parse("{}"), {}, counts_);
    graph_.set_outputs({emit_einsum(call, equation, operands)});
  }

  Tensor run(const std::vector<TensorView>& inputs) {
    DeviceWeights weights(cpu_backend());
    const PlanRequest request = {.graph = graph_,
                                 .binding = binding_,
                                 .cpu = cpu_backend(),
                                 .cpu_weights = weights,
                                 .max_activation_bytes = std::size_t{1} << 24};
    const Plan plan = make_plan(request);
    Tensor output(DType::float32, plan.outputs[0].dims);
    const std::vector<MutableTensorView> outputs = {output.view()};
    MemoryBudget unlimited(0, {});
    Context(nullptr, {}, unlimited, unlimited).run(plan, inputs, outputs);
    return output;
  }

  std::vector<std::string> op_names() const {
    std::vector<std::string> names;
    for (const Node& node : graph_.nodes()) names.emplace_back(name_of(node.op));
    return names;
  }

 private:
  Graph graph_;
  std::unique_ptr<WeightSource> source_ = no_weights("there are no weights");
  LoadBudget budget_;
  WeightStore store_{*source_, graph_, budget_};
  Environment environment_{graph_, store_, {3, 15, "3.15.1"}, {}, {}, {}, {}};
  ParameterCounts counts_;
  Binding binding_;
};

struct Case {
  std::string equation;
  std::vector<Dims> operands;
  // The same without "..." and with "->".
  std::string plain;
};

// Walks all values of all letters and adds up the products.
std::vector<double> summed(const std::string& plain, const std::vector<Tensor>& operands) {
  const std::size_t arrow = plain.find("->");
  std::vector<std::string> specs(1);
  for (const char c : plain.substr(0, arrow)) {
    if (c == ',') {
      specs.emplace_back();
    } else {
      specs.back() += c;
    }
  }
  const std::string output = plain.substr(arrow + 2);
  std::map<char, std::int64_t> sizes;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    for (std::size_t axis = 0; axis < specs[i].size(); ++axis) {
      auto& size = sizes[specs[i][axis]];
      size = std::max(size, operands[i].dims()[axis]);
    }
  }
  std::int64_t cells = 1;
  for (const auto& [letter, size] : sizes) cells *= size;
  const auto offset = [&](const std::string& spec, const std::map<char, std::int64_t>& at,
                          const Dims* dims) {
    std::int64_t place = 0;
    for (std::size_t axis = 0; axis < spec.size(); ++axis) {
      const std::int64_t size = dims == nullptr ? sizes[spec[axis]] : (*dims)[axis];
      place = place * size + (size == 1 ? 0 : at.at(spec[axis]));
    }
    return static_cast<std::size_t>(place);
  };

  std::int64_t result_cells = 1;
  for (const char letter : output) result_cells *= sizes[letter];
  std::vector<double> result(static_cast<std::size_t>(result_cells));
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    std::map<char, std::int64_t> at;
    std::int64_t rest = cell;
    for (const auto& [letter, size] : sizes) {
      at[letter] = rest % size;
      rest /= size;
    }
    double product = 1;
    for (std::size_t i = 0; i < specs.size(); ++i) {
      const Dims dims = operands[i].dims();
      product *= static_cast<double>(operands[i].as<float>()[offset(specs[i], at, &dims)]);
    }
    result[offset(output, at, nullptr)] += product;
  }
  return result;
}

const std::vector<Case> cases = {
    {"ab->ba", {{2, 3}}, "ab->ba"},
    {"abc->b", {{2, 3, 4}}, "abc->b"},
    {"abc->", {{2, 3, 4}}, "abc->"},
    {"a...->...a", {{2, 3, 4}}, "abc->bca"},
    {"ba", {{2, 3}}, "ba->ab"},
    {"ab,bc->ac", {{2, 3}, {3, 4}}, "ab,bc->ac"},
    {"ab,bc", {{2, 3}, {3, 4}}, "ab,bc->ac"},
    {"ab,cb->ca", {{2, 3}, {4, 3}}, "ab,cb->ca"},
    {"ba,bc->ac", {{3, 2}, {3, 4}}, "ba,bc->ac"},
    {"ab,ab->", {{2, 3}, {2, 3}}, "ab,ab->"},
    {"ab,ab->ab", {{2, 3}, {2, 3}}, "ab,ab->ab"},
    {"a,b->ba", {{2}, {3}}, "a,b->ba"},
    {"a,a->", {{5}, {5}}, "a,a->"},
    {",ab->ba", {{}, {2, 3}}, ",ab->ba"},
    {"abc,acd->abd", {{2, 3, 4}, {2, 4, 5}}, "abc,acd->abd"},
    {"btnh,bsnh->bnts", {{2, 3, 4, 5}, {2, 6, 4, 5}}, "btnh,bsnh->bnts"},
    {"bnts,bsnh->btnh", {{2, 4, 3, 6}, {2, 6, 4, 5}}, "bnts,bsnh->btnh"},
    {"abcd,cbe->ade", {{2, 3, 4, 2}, {4, 3, 2}}, "abcd,cbe->ade"},
    {"abx,cb->ac", {{2, 3, 4}, {5, 3}}, "abx,cb->ac"},
    {"...ab,...bc->...ac", {{2, 3, 4}, {2, 4, 5}}, "xab,xbc->xac"},
    {"...ab,...bc->...ac", {{2, 1, 3, 4}, {5, 4, 2}}, "xyab,ybc->xyac"},
    {"...ab,bc...->...ca", {{2, 3, 4}, {4, 5, 1}}, "xab,bcx->xca"},
    {"a...,a...->...", {{3, 2}, {3, 2}}, "ab,ab->b"},
    {"ab...,b->...a", {{2, 3, 4}, {3}}, "abc,b->ca"},
    {"ab,bc,cd->ad", {{2, 3}, {3, 4}, {4, 2}}, "ab,bc,cd->ad"},
    {"ab,cd,bc->da", {{2, 3}, {4, 2}, {3, 4}}, "ab,cd,bc->da"},
    {"ab,b,ac->c", {{2, 3}, {3}, {2, 4}}, "ab,b,ac->c"},
    {"aB,BA->aA", {{2, 3}, {3, 4}}, "aB,BA->aA"},
    {" ab , bc -> ac ", {{2, 3}, {3, 4}}, "ab,bc->ac"},
};

// With `weight` set that operand is a weight, otherwise all are inputs.
void check(const Case& it, std::optional<std::size_t> weight) {
  EinsumGraph graph;
  std::vector<Tensor> tensors;
  std::vector<ValueId> operands;
  std::vector<TensorView> inputs;
  for (std::size_t i = 0; i < it.operands.size(); ++i) {
    tensors.push_back(noise(it.operands[i], static_cast<unsigned>(i) + 1));
  }
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const std::string name(1, static_cast<char>('p' + i));
    operands.push_back(weight == i ? graph.weight(tensors[i]) : graph.input(name, it.operands[i]));
    if (weight != i) inputs.push_back(std::as_const(tensors[i]).view());
  }
  graph.emit(it.equation, operands);
  const Tensor result = graph.run(inputs);
  const std::vector<double> wanted = summed(it.plain, tensors);
  ASSERT_EQ(static_cast<std::size_t>(result.size()), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(result.as<float>()[i]), wanted[i], 1e-5) << "cell " << i;
  }
}

TEST(Einsum, SumsProducts) {
  for (const Case& it : cases) {
    SCOPED_TRACE(it.equation);
    check(it, std::nullopt);
  }
}

TEST(Einsum, MultipliesWeights) {
  for (const Case& it : cases) {
    SCOPED_TRACE(it.equation);
    if (it.operands.size() < 2) continue;
    for (std::size_t i = 0; i < it.operands.size(); ++i) check(it, i);
  }
}

TEST(Einsum, AWeightBecomesOneMatMul) {
  EinsumGraph graph;
  const ValueId x = graph.input("x", {2, 3, 4});
  graph.emit("abc,dc->abd", {x, graph.weight(noise({5, 4}, 1))});
  EXPECT_EQ(graph.op_names(), (std::vector<std::string>{"MatMul"}));
}

std::string refusal(const std::string& equation, const std::vector<Dims>& operands) {
  EinsumGraph graph;
  std::vector<ValueId> values;
  for (const Dims& dims : operands) values.push_back(graph.weight(noise(dims, 1)));
  try {
    graph.emit(equation, values);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Einsum, RefusesByName) {
  using testing::HasSubstr;
  EXPECT_THAT(refusal("ab,bc->ad", {{2, 3}, {3, 4}}), HasSubstr("axis 'd'"));
  EXPECT_THAT(refusal("ab,bc->aca", {{2, 3}, {3, 4}}), HasSubstr("'aca' has a letter twice"));
  EXPECT_THAT(refusal("aa->a", {{3, 3}}), HasSubstr("'aa' has a letter twice"));
  EXPECT_THAT(refusal("ab,bc->ac", {{2, 3}, {4, 5}}), HasSubstr("axis 'b' has 3 cells"));
  EXPECT_THAT(refusal("ab,bc->ac", {{2, 3}}), HasSubstr("2 operands wanted, got 1"));
  EXPECT_THAT(refusal("ab->a", {{2, 3, 4}}), HasSubstr("operand 'ab' cannot be (2, 3, 4)"));
  EXPECT_THAT(refusal("...a->a", {{2, 3}}), HasSubstr("lacks the ellipsis"));
  EXPECT_THAT(refusal("a.b->a", {{2, 3}}), HasSubstr("equation 'a.b->a'"));
  EXPECT_THAT(refusal("......->...", {{2, 3}}), HasSubstr("no list of axes"));
  EXPECT_THAT(refusal("a->a->a", {{2}}), HasSubstr("no list of axes"));
}

}  // namespace
}  // namespace keraunos::keras
