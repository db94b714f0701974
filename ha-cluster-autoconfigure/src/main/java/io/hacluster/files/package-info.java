/**
 * What the stores in directories have in common.
 */
@NullMarked
package io.hacluster.files;

import org.jspecify.annotations.NullMarked;
