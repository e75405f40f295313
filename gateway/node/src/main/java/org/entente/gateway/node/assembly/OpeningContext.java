package org.entente.gateway.node.assembly;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.rpc.ConsoleService;

/**
 * What every opening of a process's node has in common.
 *
 * @param file the configuration, read again at each opening
 * @param running a monotonic time to compare the clock with
 * @param console makes addresses of the console
 */
record OpeningContext(
    Path file,
    InstantSource clock,
    LongSupplier running,
    Meters meters,
    ConsoleService.Addresses console) {

  /** The configured files as they are now. */
  ConfiguredFiles files() {
    return ConfiguredFiles.read(file, clock);
  }
}
