#pragma once

#include "../command.hpp"

namespace quire::tools {

// One file each. A new group is declared here and called in command_line's constructor.
void add_init(command_line& line);
void add_account(command_line& line);
void add_org(command_line& line);
void add_member(command_line& line);
void add_key(command_line& line);
void add_peer(command_line& line);
void add_audit(command_line& line);
void add_tenant(command_line& line);
void add_type(command_line& line);
/// What changes graph types, among the commands of the group `type`.
void add_type_evolution(command_line& line, CLI::App& group);
void add_graph(command_line& line);
void add_node(command_line& line);
void add_edge(command_line& line);
void add_walk(command_line& line);
void add_watch(command_line& line);
void add_sql(command_line& line);
void add_acl(command_line& line);
/// What asks questions, and what lists, among the commands of the group `acl`.
void add_acl_questions(command_line& line, CLI::App& group);
void add_acl_lists(command_line& line, CLI::App& group);
void add_schema(command_line& line);
void add_import(command_line& line);
void add_completion(command_line& line);

}  // namespace quire::tools
