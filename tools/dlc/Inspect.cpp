// dlc inspect: what an artifact is and holds. Reads and checks it; never runs anything of it.
#include "lib/Cache/Entry.h"
#include "lib/Runtime/Image.h"
#include "lib/Runtime/Package.h"
#include "lib/Runtime/Run.h"
#include "tools/dlc/Listing.h"
#include "tools/dlc/Model.h"
#include "tools/dlc/Subcommands.h"

#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::cli {

namespace {

using llvm::json::Array;
using llvm::json::Object;

/// Loads a program to read its tables; its kernels are never called.
class ReadProgram {
public:
  ~ReadProgram() { Program::destroy(program); }
  Status read(const void *bytes, size_t size) {
    DLC_RETURN_IF_FAILED(Buffer::allocate(size, copy));
    std::copy_n(static_cast<const char *>(bytes), size, static_cast<char *>(copy.data()));
    LoadOptions options;
    options.kernels.resolve = [](void *, const StageRef &, dlc_stage &out) {
      out = [](void *const *, const int64_t *, void *, void *, const dlc_rt *, int64_t, int64_t) {};
      return Status::ok();
    };
    options.constants.resolve = [](void *, const uint8_t *, uint64_t, const void *&data) {
      alignas(64) static const char nothing[64] = {};
      data = nothing;
      return Status::ok();
    };
    return Program::load(copy.data(), copy.size(), options, program);
  }
  Program &operator*() { return *program; }

private:
  Buffer copy;
  Program *program = nullptr;
};

Object describeProgram(Program &program) {
  char text[512];
  auto tensors = [&](Span<program::Tensor> list) {
    Array out;
    for (const program::Tensor &tensor : list) {
      program.formatTensor(tensor, text, sizeof text);
      out.push_back(std::string(text));
    }
    return out;
  };
  const ProgramTable &table = program.table();
  Array symbols, conditions, kernels, commands;
  for (size_t i = 0; i < table.commands.size; ++i)
    commands.push_back(commandText(table, i));
  for (size_t i = 0; i < table.symbols.size; ++i) {
    program.formatSymbol(i, text, sizeof text);
    symbols.push_back(std::string(text));
  }
  for (size_t i = 0; i < table.conditions.size; ++i) {
    program.formatCondition(i, text, sizeof text);
    conditions.push_back(std::string(text));
  }
  for (const program::Kernel &kernel : table.kernels)
    kernels.push_back(std::string(table.text(kernel.name)));
  int64_t constantBytes = 0;
  for (const program::Constant &constant : table.constants)
    constantBytes += int64_t(constant.bytes);
  return Object{
      {"name", program.name()},          {"inputs", tensors(table.inputs)},     {"outputs", tensors(table.outputs)},
      {"symbols", std::move(symbols)},   {"conditions", std::move(conditions)}, {"kernels", std::move(kernels)},
      {"commands", std::move(commands)}, {"constant_bytes", constantBytes}};
}

Status inspectProgram(const void *bytes, size_t size, Object &out) {
  ReadProgram program;
  DLC_RETURN_IF_FAILED(program.read(bytes, size));
  out["program"] = describeProgram(*program);
  return Status::ok();
}

const char *kindName(EntryKind kind) {
  static const char *const names[] = {"unknown", "program", "image", "text", "bytecode", "object", "ptx"};
  return size_t(kind) < std::size(names) ? names[size_t(kind)] : names[0];
}

Status inspectPackage(const std::string &bytes, Object &out) {
  Buffer buffer;
  DLC_RETURN_IF_FAILED(Buffer::allocate(bytes.size(), buffer));
  std::copy(bytes.begin(), bytes.end(), static_cast<char *>(buffer.data()));
  Package package;
  DLC_RETURN_IF_FAILED(Package::parse(buffer, package));
  out["artifact"] = "package";
  Array entries;
  for (size_t i = 0; i < package.size(); ++i) {
    PackageEntry entry;
    DLC_RETURN_IF_FAILED(package.read(i, entry));
    cache::Key key;
    std::copy(std::begin(entry.key), std::end(entry.key), key.begin());
    Object row{{"kind", kindName(entry.kind)}, {"bytes", int64_t(entry.bytes)}};
    if (entry.level)
      row["level"] = int64_t(entry.level);
    if (entry.kind == EntryKind::Image) {
      row["key"] = cache::toHex(key);
      DLC_RETURN_IF_FAILED(checkImage(entry.data, entry.bytes));
    }
    if (entry.kind == EntryKind::Program && !out.get("program"))
      DLC_RETURN_IF_FAILED(inspectProgram(entry.data, entry.bytes, out));
    entries.push_back(std::move(row));
  }
  out["entries"] = std::move(entries);
  return Status::ok();
}

Status inspectImage(llvm::StringRef bytes, Object &out) {
  DLC_RETURN_IF_FAILED(checkImage(bytes.data(), bytes.size()));
  ImageHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  out["artifact"] = "image";
  out["code_bytes"] = int64_t(header.codeBytes);
  Array entries;
  for (uint32_t i = 0; i < header.stageCount; ++i)
    entries.push_back(int64_t(header.entries[i]));
  out["stages"] = std::move(entries);
  return Status::ok();
}

Status inspectEntry(const std::string &bytes, Object &out) {
  if (std::string problem = cache::checkEntry(bytes.data(), bytes.size()); !problem.empty())
    return Status::error(ErrorKind::Corrupt, "%s", problem.c_str());
  cache::EntryHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  cache::Key key;
  std::copy(std::begin(header.key), std::end(header.key), key.begin());
  llvm::StringRef payload = llvm::StringRef(bytes).drop_front(sizeof header);
  if (cache::Kind(header.kind) == cache::Kind::Image)
    DLC_RETURN_IF_FAILED(inspectImage(payload, out));
  else if (isPackage(payload.str()))
    DLC_RETURN_IF_FAILED(inspectPackage(payload.str(), out));
  out["artifact"] = std::string("cache entry: ") + cache::name(cache::Kind(header.kind));
  out["key"] = cache::toHex(key);
  out["label"] = std::string(header.label, strnlen(header.label, sizeof header.label));
  return Status::ok();
}

Status inspectElf(const std::string &bytes, Object &out) {
  auto file = llvm::object::ObjectFile::createELFObjectFile(llvm::MemoryBufferRef(bytes, "artifact"));
  if (!file)
    return Status::error(ErrorKind::Corrupt, "%s", llvm::toString(file.takeError()).c_str());
  auto type = llvm::cast<llvm::object::ELFObjectFileBase>(**file).getEType();
  out["artifact"] = type == llvm::ELF::ET_REL ? "object" : type == llvm::ELF::ET_DYN ? "shared library" : "executable";
  for (const llvm::object::SectionRef &section : (*file)->sections()) {
    auto name = section.getName();
    auto contents = section.getContents();
    if (name && contents && *name == ".dlc.program")
      return inspectProgram(contents->data(), contents->size(), out);
    llvm::consumeError(name.takeError());
    llvm::consumeError(contents.takeError());
  }
  return Status::error(ErrorKind::Value, "expected an artifact of dlc, but got another ELF file");
}

/// "key: value", lists one element a line, objects indented.
void printText(const Object &object, const std::string &indent) {
  for (auto &[key, value] : object) {
    llvm::outs() << indent << key << ":";
    if (const Object *inner = value.getAsObject()) {
      llvm::outs() << "\n";
      printText(*inner, indent + "  ");
    } else if (const Array *list = value.getAsArray()) {
      llvm::outs() << "\n";
      for (const llvm::json::Value &element : *list) {
        llvm::outs() << indent << "  ";
        if (const Object *row = element.getAsObject()) {
          llvm::interleave(
              *row, llvm::outs(),
              [](auto &field) { llvm::outs() << llvm::StringRef(field.first) << " " << field.second; }, ", ");
          llvm::outs() << "\n";
        } else {
          llvm::outs() << element.getAsString().value_or("") << "\n";
        }
      }
    } else if (auto text = value.getAsString()) {
      llvm::outs() << " " << *text << "\n";
    } else {
      llvm::outs() << " " << value << "\n";
    }
  }
}

struct InspectFlags {
  std::string artifact;
  bool json = false;
};

Status runInspect(InspectFlags &flags) {
  std::string bytes;
  DLC_RETURN_IF_FAILED(readModelFile(flags.artifact, bytes));
  Object out;
  auto startsWith = [&](llvm::StringRef magic) { return llvm::StringRef(bytes).starts_with(magic); };
  Status status = isPackage(bytes)         ? inspectPackage(bytes, out)
                  : startsWith("dlcimage") ? inspectImage(bytes, out)
                  : startsWith("dlccache") ? inspectEntry(bytes, out)
                  : startsWith("\177ELF") ? inspectElf(bytes, out)
                                          : Status::error(ErrorKind::Value, "expected a package, image, cache entry "
                                                                            "or ELF file of dlc, but got another file");
  if (status.failed())
    return status.withContext("%s", flags.artifact.c_str());
  if (flags.json)
    llvm::outs() << llvm::json::Value(std::move(out)) << "\n";
  else
    printText(out, "");
  return Status::ok();
}

void define(Command &command, const Environment &) {
  auto flags = std::make_shared<InspectFlags>();
  command.positional("ARTIFACT", flags->artifact, "a package, executable, library, object, image or cache entry");
  command.flag("--json", flags->json, "for programs");
  command.action([flags] { return runInspect(*flags); });
}

} // namespace

const Subcommand inspectSubcommand = {"inspect", "says what an artifact is and holds", "dlc inspect model.dlc", define};

} // namespace dlc::cli
