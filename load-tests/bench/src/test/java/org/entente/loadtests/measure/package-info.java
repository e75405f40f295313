/** Tests of measuring: what is lost, repeated or late is seen. */
@NullMarked
package org.entente.loadtests.measure;

import org.jspecify.annotations.NullMarked;
