package dev.tidings.protocol;

/// What every request may carry beside its own fields: `id`, repeated in the answer, and `as`, the
/// user for whom a `svc` token acts (empty: for its own). `op` is the request's own word, which an
/// answer without `id` names in `re`.
public record Head(String op, RequestId id, String as) {
  /// A request with nothing but its op.
  public static Head of(String op) {
    return new Head(op, RequestId.NONE, "");
  }
}
