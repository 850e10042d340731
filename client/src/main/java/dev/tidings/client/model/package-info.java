/// What an application sees of the client: entries, answers, states, failures. Plain values, and
/// the few interfaces that an application implements.
@NullMarked
package dev.tidings.client.model;

import org.jspecify.annotations.NullMarked;
