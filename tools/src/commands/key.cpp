#include "../identity_rows.hpp"
#include "../moments.hpp"
#include "../principals.hpp"
#include "../rows.hpp"
#include "commands.hpp"

#include <iostream>
#include <memory>

namespace quire::tools {

namespace {

struct issue_options {
  std::string who;
  std::string name;
  std::string expires;
  std::vector<std::string> scopes;
};

/// The one time its text is seen: alone on standard output, so that it can be piped to where it is
/// kept. All else is for the person.
result<void> hand_over(context& in, const issued_key& made, std::string_view done) {
  if (in.out().json()) {
    auto all = json_of(made.key);
    all["text"] = made.text.reveal();
    in.out().document(all);
  } else {
    in.out().line(made.text.reveal());
  }
  if (!in.out().flush()) {
    return fail(errc::storage_io, "the text of key " + made.key.id.get() +
                                      " could not be written and is lost; revoke it with 'quire "
                                      "key revoke " +
                                      made.key.id.get() + "'");
  }
  std::cerr << done << " key " << made.key.id.get();
  if (!made.key.name.empty()) std::cerr << " ('" << printable(made.key.name) << "')";
  std::cerr << ", which expires " << text_of(made.key.expires_at, "never")
            << ". Its text is shown this once: keep it now.\n";
  return {};
}

result<void> issue(context& in, const issue_options& how) {
  new_api_key what;
  if (!how.expires.empty()) {
    const auto at = moment_ahead(how.expires, now(), "--expires");
    if (!at) return at.error();
    what.expires_at = *at;
  }
  if (!how.scopes.empty()) what.scopes = how.scopes;
  what.name = how.name;
  const auto owner = account_argument(in, how.who);
  if (!owner) return owner.error();
  what.owner = owner->id;
  auto system = in.system();
  if (!system) return system.error();
  const auto made = system->issue_key(what);
  if (!made) return made.error();
  return hand_over(in, *made, "Issued");
}

/// The id of a key. What may be the text of one is not repeated in the refusal.
result<row_id> key_argument(const std::string& given) {
  if (!given.starts_with("qk_")) return row_id{given};
  return fail(errc::invalid_option,
              "this is the text of a key, which belongs on no command line; name the key by its "
              "id, which 'quire key list ACCOUNT' shows");
}

struct rotate_options {
  std::string id;
  std::string grace;
};

result<void> rotate(context& in, const rotate_options& how) {
  const auto id = key_argument(how.id);
  if (!id) return id.error();
  std::chrono::seconds grace{};
  if (!how.grace.empty()) {
    const auto length = duration_argument(how.grace, "--grace");
    if (!length) return length.error();
    grace = *length;
  }
  auto system = in.system();
  if (!system) return system.error();
  const auto made = system->rotate_key(*id, grace);
  if (!made) return made.error();
  return hand_over(in, *made, "Rotated to");
}

result<void> revoke(context& in, const std::string& given) {
  const auto id = key_argument(given);
  if (!id) return id.error();
  auto system = in.system();
  if (!system) return system.error();
  if (auto ok = system->revoke_key(*id); !ok) return ok.error();
  if (in.out().json()) {
    in.out().document({{"id", id->get()}, {"revoked", true}});
  } else {
    in.out().line("Revoked the key '" + printable(id->get()) + "'.");
  }
  return {};
}

result<void> list(context& in, const std::string& who) {
  const auto owner = account_argument(in, who);
  if (!owner) return owner.error();
  auto system = in.system();
  if (!system) return system.error();
  const auto all = system->list_keys(owner->id);
  if (!all) return all.error();
  table text{.columns = {{"NAME"}, {"STATE"}, {"EXPIRES"}, {"LAST USED"}, {"SCOPES"}, {"ID"}},
             .rows = {}};
  const auto at = now();
  for (const auto& key : *all) {
    if (in.out().json()) in.out().document(json_of(key));
    text.rows.push_back({key.name, state_of(key, at), text_of(key.expires_at, "never"),
                         text_of(key.last_used_at, "never"), text_of(key.scopes, "its owner's"),
                         key.id.get()});
  }
  if (!in.out().json()) in.out().rows(text);
  return {};
}

}  // namespace

void add_key(command_line& line) {
  auto& group = line.group("key", "API keys: issue, rotate, revoke, list");
  auto fresh = std::make_shared<issue_options>();
  auto& issued =
      line.add(group, "issue",
               "Make a key; its text is printed once, alone on standard output, and kept nowhere",
               "  quire key issue ada@example.org --name laptop --expires 90d > key.txt\n"
               "  quire key issue indexer@example.org --scope nodes:read --scope edges:read",
               [fresh](context& in) { return issue(in, *fresh); });
  issued.add_option("ACCOUNT", fresh->who, "Whom it stands for, by id or e-mail address")
      ->required()
      ->type_name("");
  issued.add_option("--name", fresh->name, "What it is for")->type_name("TEXT");
  issued.add_option("--expires", fresh->expires, "Until when it works: 2h, 90d, 2026-12-01 (UTC)")
      ->type_name("TIME");
  issued
      .add_option("--scope", fresh->scopes,
                  "All it may use of what its account holds; may be given several times. Default: "
                  "everything")
      ->allow_extra_args(false)
      ->type_name("SCOPE");

  auto old = std::make_shared<rotate_options>();
  auto& rotated = line.add(group, "rotate",
                           "Replace a key by a new one, printed as by 'issue'; the old one ends",
                           "  quire key rotate 0190b4f1-a2b3-7c4d-8e5f-60718293a4b5 --grace 24h",
                           [old](context& in) { return rotate(in, *old); });
  rotated.add_option("ID", old->id, "Id of the key")->required()->type_name("");
  rotated.add_option("--grace", old->grace, "So long the old key works on; default: not at all")
      ->type_name("TIME");

  const auto add = [&](const char* name, const char* about, const char* example,
                       const char* argument, const char* what,
                       result<void> (*run)(context&, const std::string&)) {
    auto given = std::make_shared<std::string>();
    line.add(group, name, about, example, [given, run](context& in) { return run(in, *given); })
        .add_option(argument, *given, what)
        ->required()
        ->type_name("");
  };
  add("revoke", "End a key for good, from the next request on",
      "  quire key revoke 0190b4f1-a2b3-7c4d-8e5f-60718293a4b5", "ID", "Id of the key", revoke);
  add("list", "List the keys of an account, without their texts",
      "  quire key list ada@example.org", "ACCOUNT", "The account, by id or e-mail address", list);
}

}  // namespace quire::tools
