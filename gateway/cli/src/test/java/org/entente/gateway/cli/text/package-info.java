@NullMarked
package org.entente.gateway.cli.text;

import org.jspecify.annotations.NullMarked;
