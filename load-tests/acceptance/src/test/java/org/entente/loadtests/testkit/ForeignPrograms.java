package org.entente.loadtests.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.entente.loadtests.federation.ConfigurationHome;

/** The programs that clients in other languages need. What is absent skips the test. */
public final class ForeignPrograms {
  private ForeignPrograms() {}

  /** A Python interpreter that has gRPC, beside the compiler of its stubs. */
  public static Path python(Path folder) throws IOException, InterruptedException {
    AcceptanceRequirement.present(present("protoc"), "protoc (Debian: protobuf-compiler)");
    AcceptanceRequirement.present(
        present("grpc_python_plugin"), "grpc_python_plugin (Debian: protobuf-compiler-grpc)");
    for (Path python : programs("python3").toList()) {
      List<String> imports = List.of(python.toString(), "-c", "import grpc, google.protobuf");
      if (Child.run(folder, imports).code() == 0) {
        return python;
      }
    }
    AcceptanceRequirement.present(
        false, "python3 with gRPC (Debian: python3-grpcio, python3-protobuf)");
    throw new IllegalStateException("not reached");
  }

  /** The folder {@code load-tests/node} with its modules, beside Node. */
  public static Path node() {
    Path node = ConfigurationHome.find().folder().resolve("load-tests").resolve("node");
    AcceptanceRequirement.present(present("node"), "node");
    AcceptanceRequirement.present(
        Files.isDirectory(node.resolve("node_modules").resolve("@grpc")),
        "load-tests/node/node_modules (npm ci)");
    return node;
  }

  /** Go's compiler and its stubs' compilers, beside Debian's libraries for gRPC. */
  public static void go() {
    for (String program : List.of("go", "protoc", "protoc-gen-go", "protoc-gen-go-grpc")) {
      AcceptanceRequirement.present(present(program), program);
    }
    for (String library : List.of("grpc", "genproto")) {
      AcceptanceRequirement.present(
          Files.isDirectory(Path.of("/usr/share/gocode/src/google.golang.org", library)),
          "gRPC for Go (Debian: golang-google-%s-dev)".formatted(library));
    }
  }

  private static boolean present(String program) {
    return programs(program).findAny().isPresent();
  }

  private static Stream<Path> programs(String name) {
    return Arrays.stream((System.getenv("PATH") + ":/usr/bin").split(":", -1))
        .map(path -> Path.of(path, name))
        .filter(Files::isExecutable);
  }
}
