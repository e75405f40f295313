@NullMarked
package org.entente.gateway.rpc.server;

import org.jspecify.annotations.NullMarked;
