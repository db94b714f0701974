/**
 * A backend that is a Docker container of this machine.
 */
@NullMarked
package io.hacluster.backend.docker;

import org.jspecify.annotations.NullMarked;
