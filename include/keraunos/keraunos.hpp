#pragma once

// Everything a program needs to run Keras models:
//
//   keraunos::Session session(keraunos::Model::load("model.keras"));
//   auto outputs = session.run({{image.view()}});

#include "keraunos/custom_layer.hpp"
#include "keraunos/device.hpp"
#include "keraunos/dtype.hpp"
#include "keraunos/error.hpp"
#include "keraunos/explain.hpp"
#include "keraunos/load_limits.hpp"
#include "keraunos/log.hpp"
#include "keraunos/model.hpp"
#include "keraunos/npz.hpp"
#include "keraunos/options.hpp"
#include "keraunos/plan.hpp"
#include "keraunos/session.hpp"
#include "keraunos/shape_error.hpp"
#include "keraunos/size.hpp"
#include "keraunos/summary.hpp"
#include "keraunos/tensor.hpp"
