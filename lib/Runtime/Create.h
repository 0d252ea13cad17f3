//===- Create.h - Objects and arrays on the heap --------------------------===//
//
// The runtime has no C++ standard library, hence no operator new: objects are made by create<T>() and ended by
// destroy(), both over malloc, and a failed allocation is a null pointer that the caller turns into a Status.
// PodArray is the one owning array: fixed after resize, zero-filled, elements without constructors.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_CREATE_H
#define DLC_RUNTIME_CREATE_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

namespace dlc {

/// Marks the placement form of operator new, which <new> would otherwise own.
struct InPlace {
  void *memory;
};

} // namespace dlc

inline void *operator new(size_t, dlc::InPlace place) noexcept { return place.memory; }
inline void operator delete(void *, dlc::InPlace) noexcept {}

namespace dlc {

/// A new T on the heap, or null if memory is out.
template <typename T, typename... Args> T *create(Args &&...args) {
  constexpr size_t alignment = alignof(T) < sizeof(void *) ? sizeof(void *) : alignof(T);
  void *memory = aligned_alloc(alignment, (sizeof(T) + alignment - 1) / alignment * alignment);
  return memory ? new (InPlace{memory}) T(static_cast<Args &&>(args)...) : nullptr;
}

/// Ends an object made by create; null is allowed.
template <typename T> void destroy(T *object) {
  if (!object)
    return;
  object->~T();
  free(object);
}

/// A view of `size` elements that somebody else owns.
template <typename T> struct Span {
  const T *items = nullptr;
  size_t size = 0;

  const T &operator[](size_t i) const { return items[i]; }
  const T *begin() const { return items; }
  const T *end() const { return items + size; }
};

/// An owned array of elements that need no constructor; zero-filled by resize. Not copyable.
template <typename T> class PodArray {
public:
  PodArray() = default;
  PodArray(const PodArray &) = delete;
  PodArray &operator=(const PodArray &) = delete;
  PodArray(PodArray &&other) noexcept : items(other.items), count(other.count) {
    other.items = nullptr;
    other.count = 0;
  }
  ~PodArray() { free(items); }

  /// Drops the contents and makes `size` zero elements; false if memory is out.
  [[nodiscard]] bool resize(size_t size) {
    free(items);
    items = static_cast<T *>(calloc(size ? size : 1, sizeof(T)));
    count = items ? size : 0;
    return items != nullptr;
  }
  /// Forgets all elements from `size` on, which must be at most size().
  void truncate(size_t size) { count = size; }
  T &operator[](size_t i) { return items[i]; }
  const T &operator[](size_t i) const { return items[i]; }
  T *data() { return items; }
  const T *data() const { return items; }
  size_t size() const { return count; }
  T *begin() { return items; }
  T *end() { return items + count; }

private:
  T *items = nullptr;
  size_t count = 0;
};

} // namespace dlc

#endif // DLC_RUNTIME_CREATE_H
