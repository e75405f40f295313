package org.entente.gateway.seal.keys;

import java.io.IOException;

/** The changes that a keystore makes in its folder, each one step. */
public interface KeyFileWriter {
  /** Replaces a file atomically and durably. */
  void replace(String name, byte[] content) throws IOException;

  /** Writes a file that does not exist yet; its name is durable after {@link #sync}. */
  void create(String name, byte[] content) throws IOException;

  /** Overwrites and removes a file, if it exists; durable after {@link #sync}. */
  void delete(String name) throws IOException;

  /** Makes the names of files durable. */
  void sync() throws IOException;
}
