package io.hacluster.samples.application;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A reminder.
 *
 * @param id its number
 * @param text what it says
 * @param at when it is due
 * @param sentBy the node that has sent it, {@code null} while nobody has
 */
record Reminder(long id, String text, Instant at, @Nullable String sentBy) {
}
