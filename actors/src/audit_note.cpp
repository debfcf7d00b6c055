#include "audit_note.hpp"

#include <caf/send.hpp>

#include <string>

#include "engine_shared.hpp"
#include "internal_actors.hpp"

namespace quire {

void tell_audit(const engine_shared& engine, const audit_note& note) {
  const auto handles = engine.handles.get();
  if (!handles) return;
  caf::anon_send(handles->system,
                 system_work{.run =
                                 [action = std::string{note.action}, actor = std::string{note.actor}, org = note.org,
                                  target = std::string{note.target}](operations::system_store& file) {
                                   operations::system_store::author who;
                                   who.by.actor = actor;
                                   (void)file.write(who, {.operation = action, .scopes = {}},
                                                    [&](operations::system_store::tools& with) {
                                                      return with.tables.audit.append(
                                                          {.action = action, .org = org.get(), .target = target}, with.in);
                                                    });
                                 },
                             .answer = {}});
}

}  // namespace quire
