/**
 * Auto-configuration of {@code ha.cluster.*}.
 */
@NullMarked
package io.hacluster.autoconfigure;

import org.jspecify.annotations.NullMarked;
