/** What these tests share. */
@NullMarked
package org.entente.loadtests.testkit;

import org.jspecify.annotations.NullMarked;
