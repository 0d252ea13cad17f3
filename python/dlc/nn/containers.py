"""Modules made of modules."""

from dlc.nn.module import Module


class Sequential(Module):
    """Modules applied one after the other.

    Args:
        modules: the modules, or one dict of names to modules.
    """

    def __init__(self, *modules):
        super().__init__()
        named = modules[0].items() if len(modules) == 1 and isinstance(modules[0], dict) else enumerate(modules)
        for name, module in named:
            if not isinstance(module, Module):
                raise TypeError(f"expected modules, but got {type(module).__name__} at {name}")
            setattr(self, str(name), module)

    def _list(self):
        return [value for value in self.__dict__.values() if isinstance(value, Module)]

    def forward(self, input):
        """Applies the modules."""
        for module in self._list():
            input = module(input)
        return input

    def append(self, module):
        """Adds a module at the end; returns the container."""
        if not isinstance(module, Module):
            raise TypeError(f"expected a module, but got {type(module).__name__}")
        setattr(self, str(len(self)), module)
        return self

    def __len__(self):
        return len(self._list())

    def __iter__(self):
        return iter(self._list())

    def __getitem__(self, index):
        modules = self._list()
        return Sequential(*modules[index]) if isinstance(index, slice) else modules[index]


class ModuleList(Sequential):
    """A list of modules, which has no forward function of its own."""

    def __init__(self, modules=()):
        super().__init__(*modules)

    def forward(self, *args, **kwargs):
        """A list computes nothing: index it."""
        raise NotImplementedError("expected the modules of a ModuleList to be called, but got a call of the list")

    def extend(self, modules):
        """Adds modules at the end; returns the list."""
        for module in modules:
            self.append(module)
        return self

    def __getitem__(self, index):
        modules = self._list()
        return ModuleList(modules[index]) if isinstance(index, slice) else modules[index]
