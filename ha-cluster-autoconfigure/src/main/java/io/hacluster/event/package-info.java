/**
 * Application events and listener annotations for changes of leadership.
 */
@NullMarked
package io.hacluster.event;

import org.jspecify.annotations.NullMarked;
