#include "category.hpp"

#include <quire/wire/inspect.hpp>
#include <quire/wire/message_types.hpp>

#include <caf/actor_system_config.hpp>
#include <caf/type_id.hpp>

#include <array>

// The type block: the only place where message types get their names. Add at the end, never rename,
// never remove.
CAF_BEGIN_TYPE_ID_BLOCK(quire, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(quire, (quire::write_request))
CAF_ADD_TYPE_ID(quire, (quire::write_reply))
CAF_ADD_TYPE_ID(quire, (quire::read_request))
CAF_ADD_TYPE_ID(quire, (quire::read_reply))
CAF_ADD_TYPE_ID(quire, (quire::change_event))
CAF_ADD_TYPE_ID(quire, (quire::change_batch))
CAF_ADD_TYPE_ID(quire, (quire::error))
CAF_END_TYPE_ID_BLOCK(quire)

namespace quire {
namespace {

template <class T>
constexpr int version_of = T::version;
template <class T>
constexpr int version_of<std::vector<T>> = T::version;

template <caf::type_id_t... Offsets>
constexpr auto list(std::integer_sequence<caf::type_id_t, Offsets...>) {
  using block = caf::id_block::quire;
  return std::array{
      message_type{caf::type_name_by_id<block::begin + Offsets>::value,
                   version_of<typename caf::type_by_id<block::begin + Offsets>::type>}...};
}

constexpr auto all =
    list(std::make_integer_sequence<caf::type_id_t,
                                    caf::id_block::quire::end - caf::id_block::quire::begin>{});

}  // namespace

std::span<const message_type> message_types() noexcept { return all; }

void add_message_types(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::quire>();
  config.add_error_category(error_category,
                            [](std::uint8_t code, caf::atom_value, const caf::message& context) {
                              return "quire: " + to_string(error_from_parts(code, context));
                            });
}

}  // namespace quire
