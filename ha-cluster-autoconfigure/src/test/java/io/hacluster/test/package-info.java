/**
 * What several test packages need: real servers, and the rule for tests that lack
 * something.
 */
@NullMarked
package io.hacluster.test;

import org.jspecify.annotations.NullMarked;
