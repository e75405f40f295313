package org.entente.loadtests.isolation;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.cli.failure.CommandFailure;

/**
 * Memory of a gateway's process.
 *
 * @param heap bytes in use after a full collection
 * @param resident resident bytes, in total
 */
public record ProcessMemory(long heap, long resident) {
  private static final String HEAP = "jvm_memory_bytes_used{area=\"heap\",} ";
  private static final String RESIDENT = "VmRSS:";
  private static final long COLLECTING_SECONDS = 60;

  /**
   * Measures the memory after a garbage collection.
   *
   * @param admin its admin port
   */
  static ProcessMemory of(long pid, String admin) throws InterruptedException {
    try {
      Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
      Process collecting =
          new ProcessBuilder(List.of(jcmd.toString(), Long.toString(pid), "GC.run"))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!collecting.waitFor(COLLECTING_SECONDS, TimeUnit.SECONDS)
          || collecting.exitValue() != 0) {
        throw new CommandFailure("jcmd could not run a garbage collection in process " + pid + "");
      }
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://" + admin + "/metrics")).build();
      String metrics =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
      return new ProcessMemory(
          (long) Double.parseDouble(after(HEAP, metrics)),
          Long.parseLong(
                  after(RESIDENT, Files.readString(Path.of("/proc", "" + pid, "status")))
                      .replace("kB", "")
                      .trim())
              << 10);
    } catch (IOException e) {
      throw new CommandFailure("the memory of process " + pid + " is not known: " + e, e);
    }
  }

  private static String after(String start, String text) {
    return text.lines()
        .filter(line -> line.startsWith(start))
        .map(line -> line.substring(start.length()).trim())
        .findFirst()
        .orElseThrow(() -> new CommandFailure("there is no " + start));
  }

  @Override
  public String toString() {
    return "heap %d MiB, resident %d MiB".formatted(heap >> 20, resident >> 20);
  }
}
