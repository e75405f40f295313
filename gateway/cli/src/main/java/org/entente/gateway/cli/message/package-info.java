/** Commands that send, find, open and follow messages. */
@NullMarked
package org.entente.gateway.cli.message;

import org.jspecify.annotations.NullMarked;
