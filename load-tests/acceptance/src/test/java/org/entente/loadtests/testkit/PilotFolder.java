package org.entente.loadtests.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.FreePorts;

/**
 * The folder of docs/operate/ceremony.md, {@code /tmp/pilot}, at another place and with free ports
 * in place of the page's. Ends on closing what its steps started.
 */
public final class PilotFolder implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1:";

  private final Path pilot;
  private final FreePorts ports = new FreePorts(new SecureRandom());
  private final Map<String, String> replaced = new LinkedHashMap<>();
  private final StepRunner steps;

  /**
   * An empty one.
   *
   * @param folder where it and the output of processes go
   * @param passphrases who has a passphrase: roots and agencies
   * @param pagePorts ports of the page that another one replaces
   */
  public PilotFolder(Path folder, List<String> passphrases, List<String> pagePorts)
      throws IOException {
    pilot = Files.createDirectories(folder.resolve("pilot"));
    replaced.put("/tmp/pilot", pilot.toString());
    replaced.put("config/", ConfigurationHome.find().folder().resolve("config") + "/");
    for (String port : pagePorts) {
      replaced.put(LOOPBACK + port, ports.address());
    }
    for (String name : passphrases) {
      Path secret = pilot.resolve(name + ".passphrase");
      Files.createFile(
          secret,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(secret, "a passphrase for " + name + "\n");
    }
    steps = new StepRunner(folder, replaced);
  }

  /** Runs commands of the page. */
  public StepRunner steps() {
    return steps;
  }

  /** A file or folder below {@code /tmp/pilot}. */
  public Path resolve(String name) {
    return pilot.resolve(name);
  }

  /** The address that replaces one of the page's ports. */
  public String address(String pagePort) {
    String address = replaced.get(LOOPBACK + pagePort);
    if (address == null) {
      throw new IllegalArgumentException("no port of the page: " + pagePort);
    }
    return address;
  }

  @Override
  public void close() {
    steps.close();
    ports.close();
  }
}
