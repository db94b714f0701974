/**
 * A web service that keeps its own data in SQLite and is one of several nodes.
 */
@NullMarked
package io.hacluster.samples.application;

import org.jspecify.annotations.NullMarked;
