/** What tests of several packages share: files, conditions and hand-written fakes. */
@NullMarked
package org.entente.gateway.testkit;

import org.jspecify.annotations.NullMarked;
