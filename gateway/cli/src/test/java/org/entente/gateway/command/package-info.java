@NullMarked
package org.entente.gateway.command;

import org.jspecify.annotations.NullMarked;
