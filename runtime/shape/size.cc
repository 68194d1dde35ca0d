#include "keraunos/size.hpp"

#include "runtime/shape/dim.hpp"

namespace keraunos {

Size::Size(std::int64_t number) : dim_(std::make_shared<const Dim>(number)) {}
Size::Size(const Dim& dim) : dim_(std::make_shared<const Dim>(dim)) {}

std::optional<std::int64_t> Size::number() const { return dim_->constant(); }
std::string Size::formula() const { return dim_->to_string(); }

Size operator+(const Size& a, const Size& b) { return Size(*a.dim_ + *b.dim_); }
Size operator-(const Size& a, const Size& b) { return Size(*a.dim_ - *b.dim_); }
Size operator*(const Size& a, const Size& b) { return Size(*a.dim_ * *b.dim_); }
Size operator/(const Size& a, std::int64_t divisor) { return Size(floor_div(*a.dim_, divisor)); }

}  // namespace keraunos
