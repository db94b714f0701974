/**
 * The service that only the leader runs.
 */
@NullMarked
package io.hacluster.backend;

import org.jspecify.annotations.NullMarked;
