#include "runtime/keras/weights.hpp"

#include <gtest/gtest.h>

#include <set>

#include "runtime/keras/axis_names.hpp"
#include "runtime/keras/layer.hpp"

namespace keraunos::keras {
namespace {

// What keras.src.utils.naming.to_snake_case (3.15.1) gives.
TEST(SnakeCase, IsKerass) {
  EXPECT_EQ(to_snake_case("Dense"), "dense");
  EXPECT_EQ(to_snake_case("PReLU"), "p_re_lu");
  EXPECT_EQ(to_snake_case("ReLU"), "re_lu");
  EXPECT_EQ(to_snake_case("ELU"), "elu");
  EXPECT_EQ(to_snake_case("RMSNormalization"), "rms_normalization");
  EXPECT_EQ(to_snake_case("STFTSpectrogram"), "stft_spectrogram");
  EXPECT_EQ(to_snake_case("Conv2DTranspose"), "conv2d_transpose");
  EXPECT_EQ(to_snake_case("ConvLSTM2D"), "conv_lstm2d");
  EXPECT_EQ(to_snake_case("GlobalAveragePooling2D"), "global_average_pooling2d");
  EXPECT_EQ(to_snake_case("CuDNNLSTM"), "cu_dnnlstm");
}

TEST(PathCounter, CountsPerClass) {
  PathCounter paths("layers");
  EXPECT_EQ(paths.next("Dense"), "layers/dense");
  EXPECT_EQ(paths.next("Conv2D"), "layers/conv2d");
  EXPECT_EQ(paths.next("Dense"), "layers/dense_1");
  EXPECT_EQ(paths.next("Dense"), "layers/dense_2");
}

TEST(AxisNames, NoneBecomesANamedSymbol) {
  EXPECT_EQ(to_string(name_axes({std::nullopt, std::nullopt, std::nullopt, 3}, "")),
            "(batch, height, width, 3)");
  EXPECT_EQ(to_string(name_axes({std::nullopt, std::nullopt, 16}, "")), "(batch, steps, 16)");
  EXPECT_EQ(to_string(name_axes({std::nullopt, 3, std::nullopt, std::nullopt}, "")),
            "(batch, 3, height, width)");
}

TEST(AxisNames, SeveralInputsAreToldApart) {
  EXPECT_EQ(to_string(name_axes({std::nullopt, std::nullopt, 16}, "query")),
            "(batch, query.steps, 16)");
}

TEST(AxisNames, RecordedBatchIsNeverKept) {
  EXPECT_EQ(to_string(name_axes({2, 28, 28, 1}, "")), "(batch, 28, 28, 1)");
}

TEST(LayerClasses, EveryClassIsListedOnce) {
  std::set<std::string_view> names;
  for (const LayerClass& entry : layer_classes()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
  }
  EXPECT_GE(names.size(), 30U);
}

}  // namespace
}  // namespace keraunos::keras
