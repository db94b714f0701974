/**
 * Backends that are units of systemd, and what the node tells systemd about itself.
 */
@NullMarked
package io.hacluster.backend.systemd;

import org.jspecify.annotations.NullMarked;
