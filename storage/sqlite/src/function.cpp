#include "state.hpp"

#include <quire/sqlite/function.hpp>

#include <algorithm>
#include <cctype>
#include <exception>
#include <limits>
#include <memory>

namespace quire::sqlite {
namespace {

struct registration {
  connection_access::state* owner;
  scalar_function body;
};

void give(::sqlite3_context* context, const sql_value& v) {
  struct visitor {
    ::sqlite3_context* context;
    void operator()(std::monostate /*null*/) const { ::sqlite3_result_null(context); }
    void operator()(std::int64_t x) const { ::sqlite3_result_int64(context, x); }
    void operator()(double x) const { ::sqlite3_result_double(context, x); }
    void operator()(const std::string& x) const {
      ::sqlite3_result_text64(context, x.data(), x.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    void operator()(const hex_blob& x) const {
      ::sqlite3_result_text64(context, x.digits.data(), x.digits.size(), SQLITE_TRANSIENT,
                              SQLITE_UTF8);
    }
  };
  std::visit(visitor{context}, v);
}

void refuse(::sqlite3_context* context, registration& r, error why) {
  ::sqlite3_result_error(context, why.context.data(),
                         static_cast<int>(std::min<std::size_t>(why.context.size(), 1U << 20U)));
  r.owner->function_error = std::move(why);
}

void call(::sqlite3_context* context, int count, ::sqlite3_value** values) noexcept {
  auto& r = *static_cast<registration*>(::sqlite3_user_data(context));
  try {
    auto made = r.body(connection_access::make_arguments(count, values));
    if (made) {
      give(context, *made);
    } else {
      refuse(context, r, made.error());
    }
  } catch (const std::exception& e) {
    refuse(context, r, fail(errc::internal, std::string{"an SQL function threw: "} + e.what()));
  }
}

std::string in_lower_case(std::string_view name) {
  auto out = std::string{name};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

}  // namespace

column_kind arguments::kind(int index) const noexcept {
  return static_cast<column_kind>(::sqlite3_value_type(values_[index]));
}

std::int64_t arguments::integer(int index) const noexcept {
  return ::sqlite3_value_int64(values_[index]);
}

double arguments::real(int index) const noexcept { return ::sqlite3_value_double(values_[index]); }

std::string_view arguments::text(int index) const noexcept {
  const auto* bytes = ::sqlite3_value_text(values_[index]);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes),
          static_cast<std::size_t>(::sqlite3_value_bytes(values_[index]))};
}

result<void> register_function(connection& db, std::string_view name, int argument_count,
                               function_kind kind, scalar_function body) {
  auto& owner = connection_access::of(db);
  auto kept = std::make_unique<registration>(registration{&owner, std::move(body)});
  const int flags =
      SQLITE_UTF8 |
      (kind == function_kind::direct ? SQLITE_DIRECTONLY : SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS);
  const auto text = std::string{name};
  // SQLite destroys the registration itself, when registering fails too.
  const int status = ::sqlite3_create_function_v2(
      owner.db, text.c_str(), argument_count, flags, kept.release(), call, nullptr, nullptr,
      [](void* r) { delete static_cast<registration*>(r); });
  if (status != SQLITE_OK) return make_error(owner.db, status, "register function " + text);
  if (kind == function_kind::direct) owner.direct_functions.insert(in_lower_case(name));
  return {};
}

}  // namespace quire::sqlite
