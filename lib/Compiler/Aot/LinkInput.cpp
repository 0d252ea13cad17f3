// By LLVM's readers of objects and archives; nothing is linked here.
#include "lib/Compiler/Aot/LinkInput.h"

#include "lib/Compiler/Aot/Kit.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Object/Archive.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace dlc::aot {

/// Takes in what an object defines; false if it is no relocatable ELF object for the architecture, and `why` says so.
static bool addObject(const object::Binary &binary, const Triple &triple, LinkInput &input, std::string &why) {
  auto *elf = dyn_cast<object::ELFObjectFileBase>(&binary);
  if (!elf || elf->getEType() != ELF::ET_REL) {
    bool isShared = elf && elf->getEType() == ELF::ET_DYN;
    why = isShared ? "a shared library or an executable" : "something else";
    return false;
  }
  if (elf->getArch() != triple.getArch()) {
    why = "an object for " + Triple::getArchTypeName(elf->getArch()).str();
    return false;
  }
  for (const object::ELFSymbolRef &symbol : elf->symbols()) {
    auto flags = symbol.getFlags();
    auto name = symbol.getName();
    if (!flags || !name) {
      consumeError(flags.takeError());
      consumeError(name.takeError());
      why = "a damaged object";
      return false;
    }
    if (!(*flags & object::SymbolRef::SF_Global) || (*flags & object::SymbolRef::SF_Undefined))
      continue;
    uint8_t type = symbol.getELFType();
    bool isData = type == ELF::STT_OBJECT || type == ELF::STT_TLS || type == ELF::STT_COMMON;
    (isData ? input.data : input.functions).insert(name->str());
    if (!(*flags & object::SymbolRef::SF_Weak))
      input.strong.insert(name->str());
  }
  return true;
}

static bool addArchive(object::Archive &archive, const Triple &triple, LinkInput &input, std::string &why) {
  Error failure = Error::success();
  bool isGood = true;
  for (const object::Archive::Child &child : archive.children(failure)) {
    auto binary = child.getAsBinary();
    if (!binary) {
      consumeError(binary.takeError());
      why = "an archive with something else";
      isGood = false;
    } else if (!addObject(**binary, triple, input, why)) {
      why = "an archive with " + why;
      isGood = false;
    }
    if (!isGood)
      break;
  }
  if (failure && isGood)
    why = "a damaged archive";
  isGood &= !failure;
  consumeError(std::move(failure));
  return isGood;
}

Status readLinkInputs(const std::vector<std::string> &paths, const Triple &triple, std::vector<LinkInput> &out) {
  for (const std::string &path : paths) {
    auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
    if (!buffer)
      return Status::error(ErrorKind::Io, "cannot read '%s': %s", path.c_str(), buffer.getError().message().c_str());
    LinkInput input;
    input.path = path;
    input.bytes = (*buffer)->getBuffer().str();
    std::string why = "something else";
    auto binary = object::createBinary(MemoryBufferRef(input.bytes, path));
    bool isGood = bool(binary);
    if (!binary)
      consumeError(binary.takeError());
    else if (auto *archive = dyn_cast<object::Archive>(binary->get()))
      isGood = addArchive(*archive, triple, input, why);
    else
      isGood = addObject(**binary, triple, input, why);
    if (!isGood)
      return Status::error(ErrorKind::Value,
                           "expected '%s' to be an ELF object file for %s or a static library of such, but got %s",
                           path.c_str(), triple.getArchName().str().c_str(), why.c_str());
    out.push_back(std::move(input));
  }
  return Status::ok();
}

/// The names that a library of the kit defines.
static StringSet<> namesOf(KitFile library) {
  StringSet<> names;
  auto archive = object::Archive::create(MemoryBufferRef(kitFile(library), "library"));
  if (!archive) {
    consumeError(archive.takeError());
    return names;
  }
  for (const object::Archive::Symbol &symbol : (*archive)->symbols())
    names.insert(symbol.getName());
  return names;
}

/// The names that musl's libc.a defines.
static const StringSet<> &namesOfMusl() {
  static const auto *names = new StringSet<>(namesOf(KitFile::Libc));
  return *names;
}

Status checkNamesFree(const std::vector<LinkInput> &inputs) {
  StringSet<> ofRuntime = namesOf(KitFile::Runtime);
  for (const LinkInput &input : inputs)
    for (const std::string &name : input.strong)
      if (ofRuntime.contains(name) || namesOfMusl().contains(name))
        return Status::error(
            ErrorKind::Value,
            "expected '%s' to leave alone the names of an executable's runtime and C library, but it defines '%s'",
            input.path.c_str(), name.c_str());
  return Status::ok();
}

bool isOfLibc(StringRef name) {
  if (namesOfMusl().contains(name))
    return true;
  if (name.consume_front("__isoc99_") || name.consume_front("__isoc23_"))
    return namesOfMusl().contains(name);
  return name.consume_front("__") && name.consume_back("_chk") && namesOfMusl().contains(name);
}

bool isOfLibm(StringRef name) {
  static const char *const functions[] = {
      "acos",  "acosh",      "asin",  "asinh", "atan",      "atan2",      "atanh",  "cbrt",   "ceil",   "copysign",
      "cos",   "cosh",       "erf",   "erfc",  "exp",       "exp2",       "expm1",  "fabs",   "fdim",   "floor",
      "fma",   "fmax",       "fmin",  "fmod",  "frexp",     "hypot",      "ilogb",  "ldexp",  "lgamma", "llrint",
      "log",   "log10",      "log1p", "log2",  "logb",      "lrint",      "lround", "modf",   "nan",    "nearbyint",
      "pow",   "remquo",     "rint",  "round", "nextafter", "nexttoward", "scalbn", "sin",    "sincos", "remainder",
      "sinh",  "scalbln",    "sqrt",  "tan",   "tanh",      "tgamma",     "trunc",  "exp10",  "j0",     "j1",
      "jn",    "y0",         "y1",    "yn",    "llround",   "lgamma_r",   "pow10",  "cabs",   "carg",   "cexp",
      "cimag", "clog",       "conj",  "cpow",  "creal",     "csqrt",      "csin",   "ccos",   "ctan",   "csinh",
      "ccosh", "ctanh",      "casin", "cacos", "catan",     "casinh",     "cacosh", "catanh", "cproj",  "drem",
      "gamma", "significand"};
  StringRef base = name;
  auto isKnown = [](StringRef of) { return llvm::is_contained(functions, of); };
  return isKnown(name) || ((base.consume_back("f") || base.consume_back("l")) && isKnown(base));
}

} // namespace dlc::aot
