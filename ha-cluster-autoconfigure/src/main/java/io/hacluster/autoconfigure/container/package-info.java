/**
 * Finds NATS in the containers that Spring Boot starts for development and tests.
 */
@NullMarked
package io.hacluster.autoconfigure.container;

import org.jspecify.annotations.NullMarked;
