#include "../identity_rows.hpp"
#include "../moments.hpp"
#include "../openssh_key.hpp"
#include "../principals.hpp"
#include "../rows.hpp"
#include "commands.hpp"

#include <memory>

namespace quire::tools {

namespace {

struct add_options {
  std::string who;
  std::string public_key;
  std::string fingerprint;
  std::string kind = "ssh_key";
  std::string name;
  std::string expires;
  std::vector<std::string> scopes;
};

result<void> add_one(context& in, const add_options& how) {
  const auto kind = peer_kind_from_string(how.kind);
  if (!kind) {
    return fail(errc::invalid_option,
                "--kind '" + printable(how.kind) + "' is none of ssh_key, cert_authority");
  }
  new_peer what{.kind = *kind, .fingerprint = how.fingerprint, .name = how.name};
  if (!how.expires.empty()) {
    const auto at = moment_ahead(how.expires, now(), "--expires");
    if (!at) return at.error();
    what.expires_at = *at;
  }
  if (!how.scopes.empty()) what.scopes = how.scopes;
  auto text = text_argument(how.public_key);
  if (!text) return text.error();
  text->erase(text->find_last_not_of(" \t\r\n") + 1);
  what.public_key = *std::move(text);
  if (what.fingerprint.empty()) {
    auto made = fingerprint_of_openssh(what.public_key);
    if (!made) return made.error();
    what.fingerprint = *std::move(made);
  }
  const auto owner = account_argument(in, how.who);
  if (!owner) return owner.error();
  what.owner = owner->id;
  auto system = in.system();
  if (!system) return system.error();
  const auto made = system->add_peer(what);
  if (!made) return made.error();
  if (in.out().json()) {
    in.out().document(json_of(*made));
  } else {
    in.out().fields({{"id", made->id.get()},
                     {"account", owner->email},
                     {"kind", std::string{to_string(made->kind)}},
                     {"fingerprint", made->fingerprint},
                     {"name", made->name},
                     {"scopes", text_of(made->scopes, "its owner's")},
                     {"expires", text_of(made->expires_at, "never")}});
  }
  return {};
}

result<void> remove(context& in, const std::string& id) {
  auto system = in.system();
  if (!system) return system.error();
  if (auto ok = system->remove_peer(row_id{id}); !ok) return ok.error();
  if (in.out().json()) {
    in.out().document({{"id", id}, {"removed", true}});
  } else {
    in.out().line("Removed the peer '" + printable(id) + "'.");
  }
  return {};
}

result<void> list(context& in, const std::string& who) {
  const auto owner = account_argument(in, who);
  if (!owner) return owner.error();
  auto system = in.system();
  if (!system) return system.error();
  const auto all = system->list_peers(owner->id);
  if (!all) return all.error();
  table text{
      .columns = {{"NAME"}, {"KIND"}, {"STATE"}, {"EXPIRES"}, {"SCOPES"}, {"FINGERPRINT"}, {"ID"}},
      .rows = {}};
  const auto at = now();
  for (const auto& peer : *all) {
    if (in.out().json()) in.out().document(json_of(peer));
    text.rows.push_back({peer.name, std::string{to_string(peer.kind)}, state_of(peer, at),
                         text_of(peer.expires_at, "never"), text_of(peer.scopes, "its owner's"),
                         peer.fingerprint, peer.id.get()});
  }
  if (!in.out().json()) in.out().rows(text);
  return {};
}

}  // namespace

void add_peer(command_line& line) {
  auto& group = line.group("peer", "Peers: public keys whose signatures stand for an account");
  auto how = std::make_shared<add_options>();
  auto& made = line.add(group, "add", "Let a public key stand for an account",
                        "  quire peer add ada@example.org @id_ed25519.pub --name laptop\n"
                        "  quire peer add ada@example.org @ca.pub --kind cert_authority",
                        [how](context& in) { return add_one(in, *how); });
  made.add_option("ACCOUNT", how->who, "Whom it stands for, by id or e-mail address")
      ->required()
      ->type_name("");
  made.add_option("PUBLIC-KEY", how->public_key,
                  "The key as OpenSSH writes it, @FILE, or - for standard input")
      ->required()
      ->type_name("");
  made.add_option("--fingerprint", how->fingerprint,
                  "What the host presents for it; default: the SHA-256 of an Ed25519 key in hex")
      ->type_name("TEXT");
  made.add_option("--kind", how->kind, "ssh_key, or cert_authority for one that signs certificates")
      ->type_name("KIND")
      ->capture_default_str();
  made.add_option("--name", how->name, "What it is for")->type_name("TEXT");
  made.add_option("--expires", how->expires, "Until when it works: 2h, 90d, 2026-12-01 (UTC)")
      ->type_name("TIME");
  made.add_option("--scope", how->scopes,
                  "All it may use of what its account holds; may be given several times. Default: "
                  "everything")
      ->allow_extra_args(false)
      ->type_name("SCOPE");

  const auto add = [&](const char* name, const char* about, const char* example,
                       const char* argument, const char* what,
                       result<void> (*run)(context&, const std::string&)) {
    auto given = std::make_shared<std::string>();
    line.add(group, name, about, example, [given, run](context& in) { return run(in, *given); })
        .add_option(argument, *given, what)
        ->required()
        ->type_name("");
  };
  add("remove", "Take a public key back",
      "  quire peer remove 0190b4f1-a2b3-7c4d-8e5f-60718293a4b5", "ID", "Id of the peer", remove);
  add("list", "List the peers of an account", "  quire peer list ada@example.org", "ACCOUNT",
      "The account, by id or e-mail address", list);
}

}  // namespace quire::tools
