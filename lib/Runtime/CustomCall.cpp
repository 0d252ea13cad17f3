//===- CustomCall.cpp - Functions of the user's own, by name --------------===//
#include "lib/Runtime/CustomCall.h"

#include "lib/Runtime/FloatEnv.h"

#include <stdio.h>
#include <string.h>

using namespace dlc;

static_assert(sizeof(dlc_call_tensor) == sizeof(TensorRef) &&
                  offsetof(dlc_call_tensor, dtype) == offsetof(TensorRef, dtype) &&
                  offsetof(dlc_call_tensor, rank) == offsetof(TensorRef, rank) &&
                  offsetof(dlc_call_tensor, dims) == offsetof(TensorRef, dims) && maxRank == 16,
              "the C tensor is a TensorRef");

namespace {
/// What a name stands or stood for. It stays, for somebody may be reading it, and serves again if it comes back.
struct Value {
  Value *next;
  CustomFunction function;
};

/// A name: what it stands for now, null if it is taken back, and all that it stood for.
struct Entry {
  Entry *next;
  Value *current;
  Value *values;
  char *name;
};

/// One call as the function sees it, with the place for its failure.
struct Call {
  dlc_custom_call shown; ///< First, so that the function's pointer to it is a pointer to this.
  Status *failure;
};
} // namespace

static Entry *entries = nullptr;
static CustomFunction (*source)(const char *name) = nullptr;

static Entry *find(const char *name, Entry *from) {
  while (from && strcmp(from->name, name) != 0)
    from = from->next;
  return from;
}

/// The entry of a name, made if there is none; null if memory is out.
static Entry *findOrAdd(const char *name) {
  Entry *head = __atomic_load_n(&entries, __ATOMIC_ACQUIRE), *made = nullptr;
  while (true) {
    Entry *known = find(name, head);
    if (known && made) {
      free(made->name);
      destroy(made);
    }
    if (known)
      return known;
    if (!made) {
      made = create<Entry>(Entry{nullptr, nullptr, nullptr, strdup(name)});
      if (!made || !made->name) {
        destroy(made);
        return nullptr;
      }
    }
    made->next = head;
    if (__atomic_compare_exchange_n(&entries, &head, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
      return made;
  }
}

static Value *findOrAdd(Entry &entry, CustomFunction function) {
  Value *head = __atomic_load_n(&entry.values, __ATOMIC_ACQUIRE);
  for (Value *value = head; value; value = value->next)
    if (value->function.function == function.function && value->function.userData == function.userData)
      return value;
  Value *made = create<Value>(Value{head, function});
  while (made &&
         !__atomic_compare_exchange_n(&entry.values, &made->next, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
  }
  return made;
}

Status dlc::registerCustomCall(const char *name, CustomFunction function) {
  if (!name || !*name)
    return Status::error(ErrorKind::Value, "expected the name of a custom call, but got an empty text");
  Entry *entry = findOrAdd(name);
  Value *value = entry && function.function ? findOrAdd(*entry, function) : nullptr;
  if (!entry || (function.function && !value))
    return Status::error(ErrorKind::Io, "cannot allocate the name of a custom call");
  __atomic_store_n(&entry->current, value, __ATOMIC_RELEASE);
  return Status::ok();
}

CustomFunction dlc::findCustomCall(const char *name) {
  if (auto *other = __atomic_load_n(&source, __ATOMIC_ACQUIRE))
    return other(name);
  Entry *entry = find(name, __atomic_load_n(&entries, __ATOMIC_ACQUIRE));
  Value *value = entry ? __atomic_load_n(&entry->current, __ATOMIC_ACQUIRE) : nullptr;
  return value ? value->function : CustomFunction();
}

void dlc::shareCustomCalls(CustomFunction (*find)(const char *name)) {
  __atomic_store_n(&source, find, __ATOMIC_RELEASE);
}

/// What a function may say of itself; anything else is about a value.
static ErrorKind kindOf(int kind) {
  bool isUsers = kind >= int(ErrorKind::Value) && kind <= int(ErrorKind::Unsupported);
  return isUsers && kind != int(ErrorKind::Corrupt) ? ErrorKind(kind) : ErrorKind::Value;
}

static int fail(const dlc_custom_call *shown, int kind, const char *message) {
  auto *call = reinterpret_cast<const Call *>(shown);
  *call->failure = Status::error(kindOf(kind), "%s", message ? message : "no message");
  return int(call->failure->kind());
}

static Status callOnce(CustomFunction target, const char *name, const char *attributes, Span<TensorRef> inputs,
                       Span<TensorRef> outputs) {
  Status failure;
  Call call = {{name, attributes, reinterpret_cast<const dlc_call_tensor *>(inputs.items),
                reinterpret_cast<const dlc_call_tensor *>(outputs.items), inputs.size, outputs.size, fail},
               &failure};
  int result;
  {
    FloatEnv environment; // whatever state the function leaves ends with it
    result = target.function(&call.shown, target.userData);
  }
  if (result != 0 && failure.isOk())
    failure = Status::error(ErrorKind::Value, "it returned %d without a message", result);
  return failure;
}

namespace {
/// Walks the indices of the batch dims in row-major order; `current` holds the tensors of the example at hand.
class Examples {
public:
  Status start(Span<TensorRef> inputs, Span<TensorRef> outputs, uint32_t batchDims) {
    count = inputs.size + outputs.size;
    dims = batchDims;
    all[0] = inputs;
    all[1] = outputs;
    if (!current.resize(count))
      return Status::error(ErrorKind::Io, "cannot allocate the tensors of a custom call");
    for (uint32_t d = 0; d < dims; ++d)
      extents[d] = 1;
    for (size_t i = 0; i < count; ++i)
      for (uint32_t d = 0; d < dims; ++d)
        if (whole(i).dims[d] != 1)
          extents[d] = whole(i).dims[d];
    for (size_t i = 0; i < count; ++i) {
      bool isOutput = i >= inputs.size;
      for (uint32_t d = 0; d < dims; ++d)
        if (whole(i).dims[d] != extents[d] && (isOutput || whole(i).dims[d] != 1))
          return Status::error(ErrorKind::Corrupt,
                               "corrupt program: expected batch dim %u of tensor %zu of a custom call to be %lld, but "
                               "got %lld",
                               d, i, static_cast<long long>(extents[d]), static_cast<long long>(whole(i).dims[d]));
    }
    return Status::ok();
  }
  bool isEmpty() const {
    for (uint32_t d = 0; d < dims; ++d)
      if (extents[d] == 0)
        return true;
    return false;
  }
  /// Fills `current` for the index at hand.
  void show() {
    for (size_t i = 0; i < count; ++i) {
      const TensorRef &from = whole(i);
      TensorRef &to = current[i];
      to.dtype = from.dtype;
      to.rank = from.rank - dims;
      memcpy(to.dims, from.dims + dims, to.rank * sizeof(int64_t));
      uint64_t place = 0, bytes = 0;
      for (uint32_t d = 0; d < dims; ++d)
        place = place * uint64_t(from.dims[d]) + (from.dims[d] == 1 ? 0 : uint64_t(index[d]));
      byteSize(to, bytes); // of a part of what was sized
      to.data = static_cast<char *>(from.data) + place * bytes;
    }
  }
  /// The next index; false behind the last.
  bool next() {
    for (uint32_t d = dims; d-- > 0; index[d] = 0)
      if (++index[d] < extents[d])
        return true;
    return false;
  }
  /// "[2, 0]"
  void format(char *text, size_t size) const {
    size_t at = 0;
    for (uint32_t d = 0; d < dims && at < size; ++d)
      at += size_t(snprintf(text + at, size - at, d ? ", %lld" : "[%lld", static_cast<long long>(index[d])));
    if (at < size)
      snprintf(text + at, size - at, "]");
  }

  PodArray<TensorRef> current;

private:
  const TensorRef &whole(size_t i) const { return i < all[0].size ? all[0][i] : all[1][i - all[0].size]; }
  Span<TensorRef> all[2];
  size_t count = 0;
  uint32_t dims = 0;
  int64_t extents[maxRank] = {}, index[maxRank] = {};
};
} // namespace

static Status callForEach(CustomFunction target, const char *name, const char *attributes, Span<TensorRef> inputs,
                          Span<TensorRef> outputs, uint32_t batchDims) {
  Examples examples;
  DLC_RETURN_IF_FAILED(examples.start(inputs, outputs, batchDims));
  if (examples.isEmpty())
    return Status::ok();
  do {
    examples.show();
    const TensorRef *tensors = examples.current.data();
    Status status = callOnce(target, name, attributes, {tensors, inputs.size}, {tensors + inputs.size, outputs.size});
    if (status.failed()) {
      char text[16 * 22];
      examples.format(text, sizeof text);
      return status.withContext("example %s", text);
    }
  } while (examples.next());
  return Status::ok();
}

Status dlc::callCustom(const char *name, const char *attributes, Span<TensorRef> inputs, Span<TensorRef> outputs,
                       uint32_t batchDims) {
  CustomFunction target = findCustomCall(name);
  if (!target.function)
    return Status::error(ErrorKind::Value,
                         "expected a registered function for custom call '%s', but found none: register it before the "
                         "program runs",
                         name);
  Status status = batchDims ? callForEach(target, name, attributes, inputs, outputs, batchDims)
                            : callOnce(target, name, attributes, inputs, outputs);
  return status.withContext("custom call '%s' failed", name);
}
