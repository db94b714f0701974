/**
 * Leadership in the terms of Spring Integration.
 */
@NullMarked
package io.hacluster.integration;

import org.jspecify.annotations.NullMarked;
