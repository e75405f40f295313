package org.entente.gateway.simulation;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A gateway with one rule broken in its source, compiled apart. A mutant whose text is no longer in
 * the source, or there twice, is an error: it would test nothing.
 *
 * @param seed where the search begins: one that showed the violation. If the source has changed so
 *     that it no longer does, the seeds behind it are tried
 * @param file below the gateway's root package
 * @param text what stands there
 * @param instead what the mutant has
 */
public record SourceMutant(String name, long seed, String file, String text, String instead) {
  private static final String SOURCES = "src/main/java/org/entente/gateway";
  private static final String OURS = "org.entente.gateway.";

  /**
   * The first violation that some seed shows, if one does.
   *
   * @param work an empty folder
   */
  Optional<String> firstFailure(Path federation, Path work, long seeds) throws IOException {
    Class<?>[] types = {Path.class, Path.class, long.class, long.class};
    return firstFailure(SimulateRun.class, work, types, federation, work, seed, seeds);
  }

  /**
   * The same of another simulation.
   *
   * @param simulation has a static method {@code firstFailure(Path work, long from, long seeds)}
   */
  public Optional<String> firstFailure(Class<?> simulation, Path work, long seeds)
      throws IOException {
    Class<?>[] types = {Path.class, long.class, long.class};
    return firstFailure(simulation, work, types, work, seed, seeds);
  }

  private Optional<String> firstFailure(
      Class<?> simulation, Path work, Class<?>[] types, Object... arguments) throws IOException {
    Path classes = Files.createDirectory(work.resolve("classes"));
    compile(classes);
    try (URLClassLoader loader = new Patched(classes)) {
      Object failure =
          loader
              .loadClass(simulation.getName())
              .getMethod("firstFailure", types)
              .invoke(null, arguments);
      return Optional.ofNullable((String) failure);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(name + " could not be run", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(name + " could not be run", e);
    }
  }

  private void compile(Path classes) throws IOException {
    String source = Files.readString(sourceFile());
    if (source.split(java.util.regex.Pattern.quote(text), -1).length != 2) {
      throw new AssertionError(name + ": not exactly once in " + file + ": " + text);
    }
    Path mutated = classes.resolve(Path.of(file).getFileName().toString());
    Files.writeString(mutated, source.replace(text, instead));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of(
              "-d",
              classes.toString(),
              "-proc:none",
              "-nowarn",
              "-cp",
              System.getProperty("java.class.path"));
      boolean compiled =
          compiler
              .getTask(said, files, null, options, null, files.getJavaFileObjects(mutated))
              .call();
      if (!compiled) {
        throw new AssertionError(name + " does not compile: " + said);
      }
    }
  }

  private Path sourceFile() {
    return Stream.of("core", "node")
        .map(module -> Path.of("..", module).resolve(SOURCES).resolve(file))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + ": no source file " + file));
  }

  /** The project's classes anew, the mutated one instead of the real one; libraries as they are. */
  private static final class Patched extends URLClassLoader {
    Patched(Path classes) throws MalformedURLException {
      super(urls(classes), SourceMutant.class.getClassLoader());
    }

    private static URL[] urls(Path classes) throws MalformedURLException {
      List<URL> urls = new ArrayList<>();
      urls.add(classes.toUri().toURL());
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
        urls.add(Path.of(entry).toUri().toURL());
      }
      return urls.toArray(URL[]::new);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        if (loaded == null && name.startsWith(OURS)) {
          loaded = findClass(name);
        }
        return loaded == null ? super.loadClass(name, resolve) : loaded;
      }
    }
  }
}
