package io.hacluster.member;

/**
 * Something that has been read from a store, or written to it.
 *
 * @param <T> what it is
 * @param value what it is
 * @param revision its revision, for a write that is to replace just this
 */
public record Stored<T>(T value, long revision) {
}
