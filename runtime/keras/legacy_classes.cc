#include "runtime/keras/legacy_classes.hpp"

#include <algorithm>
#include <array>

namespace keraunos::keras {
namespace {

LegacyKeys with_implementation(LegacyKeys keys) {
  keys.emplace_back("implementation", "implementation");
  return keys;
}

const LegacyKeys convolution1 = {
    {"nb_filter", "filters"},   {"filter_length", "kernel_size"}, {"subsample_length", "strides"},
    {"border_mode", "padding"}, {"atrous_rate", "dilation_rate"}, {"bias", "use_bias"},
    {"input_dim", ""}};
const LegacyKeys convolution2 = {{"nb_filter", "filters"},        {"subsample", "strides"},
                                 {"border_mode", "padding"},      {"atrous_rate", "dilation_rate"},
                                 {"dim_ordering", "data_format"}, {"bias", "use_bias"}};
// Says in which order a kernel is stored; to other layers it is one of several ways to compute.
const LegacyKeys local1 = with_implementation(convolution1);
const LegacyKeys local2 = with_implementation(convolution2);
const LegacyKeys pool1 = {
    {"pool_length", "pool_size"}, {"stride", "strides"}, {"border_mode", "padding"}};
const LegacyKeys pool2 = {{"border_mode", "padding"}, {"dim_ordering", "data_format"}};
const LegacyKeys dim_ordering = {{"dim_ordering", "data_format"}};
const LegacyKeys recurrent = {{"output_dim", "units"}, {"inner_activation", "recurrent_activation"},
                              {"input_dim", ""},       {"consume_less", ""},
                              {"dropout_W", ""},       {"dropout_U", ""}};
const LegacyKeys no_groups = {{"groups", ""}};
const LegacyKeys cudnn = {{"activation", "\"tanh\""}, {"recurrent_activation", "\"sigmoid\""}};

// Keras 2 first, then Keras 1.
const std::array classes = {
    LegacyClass{"LeakyReLU", "LeakyReLU", {{"alpha", "negative_slope"}}, {}},
    LegacyClass{"ThresholdedReLU", "ReLU", {{"theta", "threshold"}}, {{"threshold", "1.0"}}, true},
    LegacyClass{"BatchNormalizationV1", "BatchNormalization", {}, {}},
    LegacyClass{"BatchNormalizationV2", "BatchNormalization", {}, {}},
    LegacyClass{"SyncBatchNormalization", "BatchNormalization", {}, {}},
    LegacyClass{"DepthwiseConv1D", "DepthwiseConv1D", no_groups, {}},
    LegacyClass{"DepthwiseConv2D", "DepthwiseConv2D", no_groups, {}},
    LegacyClass{"SeparableConv1D", "SeparableConv1D", no_groups, {}},
    LegacyClass{"SeparableConv2D", "SeparableConv2D", no_groups, {}},
    LegacyClass{"Conv1DTranspose", "Conv1DTranspose", no_groups, {}},
    LegacyClass{"Conv2DTranspose", "Conv2DTranspose", no_groups, {}},
    LegacyClass{"Conv3DTranspose", "Conv3DTranspose", no_groups, {}},
    LegacyClass{"CuDNNLSTM", "LSTM", {}, cudnn, true},
    LegacyClass{"CuDNNGRU",
                "GRU",
                {},
                {{"activation", "\"tanh\""},
                 {"recurrent_activation", "\"sigmoid\""},
                 {"reset_after", "true"}},
                true},
    LegacyClass{"RandomHeight", "Identity", {{"factor", ""}, {"interpolation", ""}}, {}, true},
    LegacyClass{"RandomWidth", "Identity", {{"factor", ""}, {"interpolation", ""}}, {}, true},
    LegacyClass{
        "Dense", "Dense", {{"output_dim", "units"}, {"input_dim", ""}, {"bias", "use_bias"}}, {}},
    LegacyClass{"TimeDistributedDense",
                "Dense",
                {{"output_dim", "units"}, {"input_dim", ""}, {"bias", "use_bias"}},
                {}},
    LegacyClass{"MaxoutDense", "MaxoutDense", {{"output_dim", "units"}, {"input_dim", ""}}, {}},
    LegacyClass{"Highway", "Highway", {{"transform_bias", ""}, {"input_dim", ""}}, {}},
    LegacyClass{"Convolution1D", "Conv1D", convolution1, {}},
    LegacyClass{"AtrousConvolution1D", "Conv1D", convolution1, {}},
    LegacyClass{"Convolution2D", "Conv2D", convolution2, {}},
    LegacyClass{"AtrousConvolution2D", "Conv2D", convolution2, {}},
    LegacyClass{"SeparableConvolution2D", "SeparableConv2D", convolution2, {}},
    LegacyClass{"Convolution3D", "Conv3D", convolution2, {}},
    LegacyClass{"LocallyConnected1D", "LocallyConnected1D", local1, {}},
    LegacyClass{"LocallyConnected2D", "LocallyConnected2D", local2, {}},
    LegacyClass{"MaxPooling1D", "MaxPooling1D", pool1, {}},
    LegacyClass{"AveragePooling1D", "AveragePooling1D", pool1, {}},
    LegacyClass{"MaxPooling2D", "MaxPooling2D", pool2, {}},
    LegacyClass{"AveragePooling2D", "AveragePooling2D", pool2, {}},
    LegacyClass{"MaxPooling3D", "MaxPooling3D", pool2, {}},
    LegacyClass{"AveragePooling3D", "AveragePooling3D", pool2, {}},
    LegacyClass{"GlobalMaxPooling2D", "GlobalMaxPooling2D", dim_ordering, {}},
    LegacyClass{"GlobalAveragePooling2D", "GlobalAveragePooling2D", dim_ordering, {}},
    LegacyClass{"ZeroPadding2D", "ZeroPadding2D", dim_ordering, {}},
    LegacyClass{"Cropping2D", "Cropping2D", dim_ordering, {}},
    LegacyClass{"GlobalMaxPooling3D", "GlobalMaxPooling3D", dim_ordering, {}},
    LegacyClass{"GlobalAveragePooling3D", "GlobalAveragePooling3D", dim_ordering, {}},
    LegacyClass{"ZeroPadding3D", "ZeroPadding3D", dim_ordering, {}},
    LegacyClass{"Cropping3D", "Cropping3D", dim_ordering, {}},
    LegacyClass{"UpSampling3D", "UpSampling3D", dim_ordering, {}},
    LegacyClass{"UpSampling1D", "UpSampling1D", {{"length", "size"}}, {}},
    LegacyClass{"UpSampling2D", "UpSampling2D", dim_ordering, {}},
    LegacyClass{"SpatialDropout2D", "SpatialDropout2D", {{"p", "rate"}}, {}},
    LegacyClass{"Dropout", "Dropout", {{"p", "rate"}}, {}},
    LegacyClass{"GaussianNoise", "GaussianNoise", {{"sigma", "stddev"}}, {}},
    LegacyClass{"SimpleRNN", "SimpleRNN", recurrent, {}},
    LegacyClass{"LSTM", "LSTM", recurrent, {}},
    LegacyClass{"GRU", "GRU", recurrent, {{"reset_after", "false"}}},
    LegacyClass{"Embedding", "Embedding", {{"dropout", ""}}, {}},
};

constexpr std::array dead_keys = {
    // of Keras 2
    std::string_view("implementation"),
    std::string_view("input_length"),
    std::string_view("fused"),
    std::string_view("virtual_batch_size"),
    std::string_view("renorm_clipping"),
    std::string_view("renorm_momentum"),
    std::string_view("synchronized"),
    std::string_view("query_shape"),
    std::string_view("key_shape"),
    std::string_view("value_shape"),
    std::string_view("softmax_robust_masking"),
    std::string_view("unit_forget_bias"),
    std::string_view("activity_regularizer"),
    std::string_view("rng_type"),
    // of Keras 1
    std::string_view("nb_row"),
    std::string_view("nb_col"),
    std::string_view("kernel_dim1"),
    std::string_view("kernel_dim2"),
    std::string_view("kernel_dim3"),
    std::string_view("init"),
    std::string_view("inner_init"),
    std::string_view("forget_bias_init"),
    std::string_view("beta_init"),
    std::string_view("gamma_init"),
    std::string_view("W_regularizer"),
    std::string_view("U_regularizer"),
    std::string_view("b_regularizer"),
    std::string_view("W_constraint"),
    std::string_view("U_constraint"),
    std::string_view("b_constraint"),
};

constexpr std::array dead_suffixes = {std::string_view("_initializer"),
                                      std::string_view("_regularizer"),
                                      std::string_view("_constraint")};

}  // namespace

const LegacyClass* find_legacy_class(std::string_view name) {
  const auto found = std::find_if(classes.begin(), classes.end(),
                                  [&](const LegacyClass& it) { return it.name == name; });
  return found == classes.end() ? nullptr : &*found;
}

bool is_dead_key(std::string_view key) {
  return std::find(dead_keys.begin(), dead_keys.end(), key) != dead_keys.end() ||
         std::any_of(dead_suffixes.begin(), dead_suffixes.end(),
                     [&](std::string_view suffix) { return key.ends_with(suffix); });
}

}  // namespace keraunos::keras
