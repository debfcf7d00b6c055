#include "command.hpp"

int main(int argc, char** argv) { return quire::tools::run(argc, argv); }
