package io.hacluster.test;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says which bugs that Litestream had a test keeps out of here, by their numbers in
 * {@code LitestreamBugsTests}.
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
public @interface LitestreamBug {

	/**
	 * The numbers.
	 * @return numbers from 1 to 26
	 */
	int[] value();

}
